#include "run/live_service.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.hpp"
#include "capture/pattern.hpp"
#include "run/listening_port.hpp"
#include "run/record.hpp"
#include "run/run_directory.hpp"
#include "run/service.hpp"

namespace tidemark::run {
namespace {

/// Between two tries of a check: each starts a process.
constexpr Seconds kBetweenChecks{0.1};

}  // namespace

/// The line that tells that it is ready, looked for in what it writes.
struct LiveService::Line {
    Line(const std::string& expression, const RunDirectory& directory)
        : pattern(expression), out(directory.stdout_log()), err(directory.stderr_log()) {}

    capture::Pattern pattern;
    LineReader out;
    LineReader err;
    bool found = false;
};

LiveService::LiveService(Launcher& launcher, Launch launch, const protocol::Service& service)
    : launcher_(launcher), launch_(std::move(launch)), service_(service), started_(monotonic_now()) {
    if (!service_.line.empty())
        line_ = std::make_unique<Line>(service_.line, RunDirectory(launch_.directory));
    if (!service_.check.empty()) check_ = service_check_launch(launch_, service_.check);
    if (service_.port && is_listened_at(*service_.port)) {
        problem_ = fmt::format("port {} is in use already, by another program", *service_.port);
        return;
    }
    launcher_.start(launch_);
    runs_ = true;
}

LiveService::LiveService(LiveService&&) noexcept = default;
LiveService::~LiveService() = default;

bool LiveService::owns(const std::string& run_id) const {
    return run_id == launch_.request.run_id || (!service_.check.empty() && run_id == check_.request.run_id);
}

void LiveService::note_end(const std::string& run_id) {
    if (run_id == launch_.request.run_id) {
        runs_ = false;
        if (check_runs_) launcher_.cancel(check_.request.run_id);
        if (ready_ || !problem_.empty()) return;
        protocol::Request program = launch_.request;
        program.service = service_;
        const ServiceEnd end = service_end(launch_.directory, program);
        problem_ =
            fmt::format("it ended before it was ready: {}",
                        end.failure.empty() ? "exit code 0; it must stay in the foreground" : end.failure);
        return;
    }
    check_runs_ = false;
    check_again_ = Seconds{monotonic_now().value + kBetweenChecks.value};
    check_problem_ = step_problem(check_.directory, check_.request);
    passed_check_ = check_problem_.empty();
}

void LiveService::look() {
    if (ready_ || asked_to_end_ || !runs_) return;
    const bool has_port = !service_.port || is_listened_at(*service_.port);
    const bool has_line = has_its_line();
    ready_ = has_port && has_line && has_passed_its_check();
    if (ready_ || monotonic_now().value - started_.value < service_.within.value) return;
    problem_ = what_was_missing();
    if (const std::string words = last_lines(launch_.directory); !words.empty()) problem_ += ": " + words;
    stop();
}

void LiveService::stop() {
    asked_to_end_ = true;
    if (runs_) launcher_.cancel(launch_.request.run_id);
    if (check_runs_) launcher_.cancel(check_.request.run_id);
}

bool LiveService::has_its_line() {
    if (!line_) return true;
    const auto use = [this](std::string_view text) { line_->found |= line_->pattern.in(text).has_value(); };
    line_->out.read_new(use);
    line_->err.read_new(use);
    return line_->found;
}

/// Starts the check where it is time for it; the answer comes later.
bool LiveService::has_passed_its_check() {
    if (service_.check.empty() || passed_check_) return true;
    if (check_runs_ || monotonic_now().value < check_again_.value) return false;
    std::error_code ignored;
    std::filesystem::remove_all(check_.directory, ignored);
    RunDirectory::create_at(check_.directory, check_.request);
    launcher_.start(check_);
    check_runs_ = true;
    return false;
}

std::string LiveService::what_was_missing() const {
    const std::string within = fmt::format("it was not ready within {}", to_text(service_.within));
    if (service_.port && !is_listened_at(*service_.port))
        return fmt::format("{}: nothing listens at port {}", within, *service_.port);
    if (line_ && !line_->found)
        return fmt::format(
            "{}: no line of its output matches '{}', which it may keep back until it flushes it", within,
            service_.line);
    const std::string check = fmt::format("{}", fmt::join(service_.check, " "));
    if (check_problem_.empty()) return fmt::format("{}: its check `{}` has not ended yet", within, check);
    return fmt::format("{}: its check `{}` failed at last: {}", within, check, check_problem_);
}

}  // namespace tidemark::run
