#include "cli/sweep_steps.hpp"

#include <algorithm>

#include <system_error>

#include <fmt/format.h>

#include "base/identifier.hpp"
#include "cli/said.hpp"
#include "run/local_launcher.hpp"
#include "run/run_steps.hpp"
#include "terminal/display_text.hpp"
#include "terminal/installation.hpp"
#include "terminal/signals.hpp"

namespace tidemark::cli {

std::optional<std::string> SweepSteps::problem_of_setups() const {
    auto problem = problem_of_sweep_step("setup", "", sweep_.setup());
    for (const sweep::ValueStep& step : sweep_.setup_of_values()) {
        if (!problem || !problem->empty()) return problem;
        problem = problem_of_sweep_step("setup", step.value, step.command);
    }
    return problem;
}

std::optional<std::string> SweepSteps::problem_of_teardowns() const {
    std::optional<std::string> first = std::string();
    const auto make = [&](const std::string& value, const std::vector<std::string>& command) {
        if (!first) return;
        auto problem = problem_of_sweep_step("teardown", value, command);
        if (!problem || first->empty()) first = std::move(problem);
    };
    for (const sweep::ValueStep& step : sweep_.teardown_of_values()) make(step.value, step.command);
    make("", sweep_.teardown());
    return first;
}

std::optional<std::string> SweepSteps::problem_of_sweep_step(const std::string& name,
                                                             const std::string& value,
                                                             const std::vector<std::string>& command) const {
    if (command.empty()) return std::string();
    const std::filesystem::path directory = step_directory(name);
    say("{}: {}{}", sweep_.name(), name, value.empty() ? "" : " of " + terminal::visible(value));
    auto problem = problem_of_step(name, command, directory);
    if (!problem || problem->empty()) return problem;
    return fmt::format("{}: the {} of {} failed: {}\nits output is in {}", file_, name,
                       value.empty() ? "the sweep" : terminal::visible(value), *problem,
                       terminal::shown_path(directory));
}

std::filesystem::path SweepSteps::step_directory(const std::string& name) const {
    return runs_folder_ / (new_identifier() + "-" + name);
}

std::optional<std::string> SweepSteps::problem_of_step(const std::string& name,
                                                       const std::vector<std::string>& command,
                                                       const std::filesystem::path& directory) const {
    terminal::SignalInterruption interruption;
    run::LocalLauncher launcher(warden_);
    std::string left;
    std::string problem =
        run::make_lone_step(launcher, interruption, command, sweep_.folder(), directory, &left);
    if (!left.empty()) say("note: the {} {}", name, left);
    if (interruption.requests() == 0) return problem;
    say("interrupted during the {}", name);
    return std::nullopt;
}

std::optional<std::vector<std::string>> SweepSteps::leave_out_what_lacks(Plan& plan) const {
    std::vector<std::string> notes;
    for (const sweep::Requirement& requirement : sweep_.requirements()) {
        const bool is_needed = std::ranges::any_of(plan.runs, [&](const run::PlannedRun& planned) {
            return std::ranges::binary_search(requirement.runs, planned.spec);
        });
        if (!is_needed) continue;
        const std::filesystem::path directory = step_directory("requirement");
        const auto problem = problem_of_step("check of a requirement", requirement.command, directory);
        if (!problem) return std::nullopt;
        if (problem->empty()) continue;
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored);
        notes.push_back(fmt::format("left out: {}: {}", plural(leave_out(plan, requirement.runs), "run"),
                                    requirement.reason));
    }
    return notes;
}

}  // namespace tidemark::cli
