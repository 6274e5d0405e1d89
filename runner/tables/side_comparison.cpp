#include "tables/side_comparison.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::tables {
namespace {

using results::ComparedSide;
using results::RunGroup;

class SideComparer {
  public:
    SideComparer(const ComparedSide& first, const ComparedSide& second,
                 const std::filesystem::path& workloads, double threshold)
        : first_(first),
          second_(second),
          first_units_(first.database->connection(), workloads),
          second_units_(second.database->connection(), workloads),
          comparison_{first.text, second.text, threshold} {}

    SideComparison compare() {
        for (const auto& [a, b] : sweep_pairs()) compare_sweeps(a, b);
        if (comparison_.runs.empty()) {
            throw UsageError(fmt::format("'{}' and '{}' have no run in common: nothing can be compared",
                                         first_.text, second_.text));
        }
        return std::move(comparison_);
    }

    /// The first side is one run, the second the sweep that has it.
    SideComparison compare_against() {
        const std::vector<RunGroup> reference = first_.groups(second_.sweep);
        for (const RunGroup& group : second_.groups(second_.sweep)) {
            if (reference.empty() || group.cell == reference.front().cell) continue;
            add(reference.front(), group);
            comparison_.runs.back().run = group.run;
        }
        if (comparison_.runs.empty())
            throw UsageError(fmt::format("'{}' has no run beside '{}': nothing can be compared", second_.text,
                                         first_.text));
        return std::move(comparison_);
    }

  private:
    std::vector<std::pair<std::string, std::string>> sweep_pairs() const {
        if (first_.has_sweep() && second_.has_sweep()) return {{first_.sweep, second_.sweep}};
        const std::vector<std::string> a = first_.sweeps();
        const std::vector<std::string> b = second_.sweeps();
        std::vector<std::pair<std::string, std::string>> common;
        for (const std::string& sweep : a) {
            if (std::ranges::find(b, sweep) != b.end()) common.emplace_back(sweep, sweep);
        }
        return common;
    }

    void compare_sweeps(const std::string& sweep_of_first, const std::string& sweep_of_second) {
        const std::vector<RunGroup> a = first_.groups(sweep_of_first);
        const std::vector<RunGroup> b = second_.groups(sweep_of_second);
        if (first_.is_single() && second_.is_single()) {
            if (!a.empty() && !b.empty()) add(a.front(), b.front());
            return;
        }
        // of several cells that had a name one after the other, the last
        std::map<std::string_view, const RunGroup*> others;
        for (const RunGroup& group : b) others[group.run] = &group;
        std::map<std::string_view, const RunGroup*> own;
        for (const RunGroup& group : a) own[group.run] = &group;
        for (const RunGroup& group : a) {
            if (own[group.run] != &group) continue;
            const auto other = others.find(group.run);
            if (other == others.end()) {
                if (!second_.is_single()) comparison_.only_first.push_back(group.run);
            } else {
                add(group, *other->second);
            }
        }
        for (const RunGroup& group : b) {
            if (!own.contains(group.run) && !first_.is_single()) comparison_.only_second.push_back(group.run);
        }
    }

    void add(const RunGroup& a, const RunGroup& b) {
        ComparedRun& run = comparison_.runs.emplace_back();
        run.run = a.run == b.run ? a.run : fmt::format("{} → {}", a.run, b.run);
        run.first_units = first_units_.of_attempt(a.repeats.front().run_id, a.invocation, a.workload);
        run.second_units = second_units_.of_attempt(b.repeats.front().run_id, b.invocation, b.workload);
        run.first_disturbed = a.disturbed;
        run.second_disturbed = b.disturbed;
        run.figures = analysis::compare(
            a.repeats, b.repeats, [&](const std::string& name) { return run.second_units->noise(name); });
        for (analysis::FigureChange& figure : run.figures) refuse_other_unit(run, figure);
        run.measured_differently = analysis::comparability_of(a.repeats, b.repeats).differences();
        if (a.cell != b.cell)
            run.differences = differences(a, b, results::told_to);
        else if (a.key != b.key)
            run.differences = differences(a, b, results::service_of);
        run.program_changed = a.cell == b.cell && a.key != b.key && !are_measured_alike(a, b);
        run.same_attempts = std::ranges::equal(a.repeats, b.repeats, {}, &analysis::MeasuredRepeat::run_id,
                                               &analysis::MeasuredRepeat::run_id);
    }

    /// Only what was read from what they left is another.
    bool are_measured_alike(const RunGroup& a, const RunGroup& b) const {
        const std::string one = results::measured_as(first_.database->connection(), a.repeats.front().run_id);
        return !one.empty() &&
               one == results::measured_as(second_.database->connection(), b.repeats.front().run_id);
    }

    /// A number of percent and a share are no change of each other.
    static void refuse_other_unit(const ComparedRun& run, analysis::FigureChange& figure) {
        const protocol::Unit before = run.first_units->of(figure.name);
        const protocol::Unit after = run.second_units->of(figure.name);
        if (before == after || !figure.before || !figure.after) return;
        figure.change.reset();
        figure.comparable = false;
        figure.too_few.reset();
        figure.problem = fmt::format("its unit has changed from {} to {}", to_text(before), to_text(after));
    }

    /// By what `told_of` says of an attempt of each.
    std::vector<Difference> differences(const RunGroup& a, const RunGroup& b,
                                        decltype(results::told_to)* told_of) const {
        const auto told_a = told_of(first_.database->connection(), a.repeats.front().run_id);
        const auto told_b = told_of(second_.database->connection(), b.repeats.front().run_id);
        const auto value_in = [](const auto& told, const std::string& name) {
            const auto found = std::ranges::find(told, name, &std::pair<std::string, std::string>::first);
            return found == told.end() ? std::string("–") : found->second;
        };
        std::vector<Difference> found;
        const auto add_if_different = [&](const std::string& name) {
            const bool known = std::ranges::find(found, name, &Difference::name) != found.end();
            const Difference difference{name, value_in(told_a, name), value_in(told_b, name)};
            if (!known && difference.first != difference.second) found.push_back(difference);
        };
        for (const auto& [name, value] : told_a) add_if_different(name);
        for (const auto& [name, value] : told_b) add_if_different(name);
        return found;
    }

    const ComparedSide& first_;
    const ComparedSide& second_;
    results::StoredUnits first_units_;
    results::StoredUnits second_units_;
    SideComparison comparison_;
};

}  // namespace

SideComparison compare_sides(const ComparedSide& first, const ComparedSide& second,
                             const std::filesystem::path& workloads, double threshold) {
    return SideComparer(first, second, workloads, threshold).compare();
}

SideComparison compare_against(const ComparedSide& all, const ComparedSide& reference,
                               const std::filesystem::path& workloads, double threshold) {
    return SideComparer(reference, all, workloads, threshold).compare_against();
}

}  // namespace tidemark::tables
