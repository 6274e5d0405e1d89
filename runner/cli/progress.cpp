#include "cli/progress.hpp"

#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.hpp"
#include "protocol/peak_memory.hpp"
#include "tables/caveats.hpp"
#include "tables/figure_text.hpp"
#include "terminal/display_text.hpp"
#include "terminal/installation.hpp"
#include "terminal/short_names.hpp"
#include "terminal/terminal.hpp"
#include "terminal/wrapping.hpp"

namespace tidemark::cli {
namespace {

constexpr std::size_t kBarWidth = 24;
// https://www.ecma-international.org/publications-and-standards/standards/ecma-48/: SGR
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kRed = "\x1b[31m";

constexpr const char* kDone = "✓";
constexpr const char* kFailed = "✗";

std::string peak_text(const protocol::Measurement& measured) {
    const auto real = [](const std::optional<std::int64_t>& bytes) {
        return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
    };
    const auto doubt =
        protocol::doubt_of_peak(real(measured.peak_rss_low_bytes), real(measured.peak_rss_high_bytes));
    return doubt ? tables::doubt_text(*doubt, protocol::Unit::Bytes)
                 : to_text(Bytes{*measured.peak_rss_bytes});
}

}  // namespace

Progress::Progress(const sweep::Sweep& sweep, const Interruption& interruption,
                   const ProgressOptions& options)
    : sweep_(sweep),
      units_(results::units_of(sweep)),
      interruption_(interruption),
      options_(options),
      area_(STDERR_FILENO),
      ended_(options.done_before) {}

void Progress::started(const run::PlannedRun& planned, const run::Launch& launch) {
    const std::string name = label(planned);
    if (!options_.live) say(fmt::format("{} {}: started", counter(), name));
    running_.emplace(std::pair(planned.spec, planned.repeat),
                     Running{name, run::LiveRun(launch.directory), monotonic_now()});
    tick();
}

void Progress::finished(const run::PlannedRun& planned, const run::Record& record) {
    running_.erase({planned.spec, planned.repeat});
    remaining_.finished(Seconds{record.measurement.wall_s.value_or(0)});
    ++ended_;
    const bool ok = run::status_of(record.outcome) == protocol::Status::Ok;
    if (!ok) ++failed_;
    say_ended(fmt::format("{} {} {}: {}", counter(), ok ? kDone : kFailed, label(planned),
                          result_text(planned, record)),
              ok);
    if (!record.last_words.empty()) say("    " + record.last_words);
}

void Progress::retried(const run::PlannedRun& planned, const run::Record& record, int next_attempt,
                       int most) {
    running_.erase({planned.spec, planned.repeat});
    say_ended(fmt::format("{} {} {}: {}; again, attempt {} of {}", counter(), kFailed, label(planned),
                          result_text(planned, record), next_attempt, most),
              false);
    if (!record.last_words.empty()) say("    " + record.last_words);
}

void Progress::skipped(const run::PlannedRun& planned) {
    ++ended_;
    say(fmt::format("{} {}: done by another tidemark meanwhile", counter(), label(planned)));
}

void Progress::waiting(std::size_t runs_elsewhere) {
    if (runs_elsewhere != waiting_elsewhere_) {
        say(fmt::format("waiting for {} run{} that another tidemark is making", runs_elsewhere,
                        runs_elsewhere == 1 ? "" : "s"));
    }
    waiting_elsewhere_ = runs_elsewhere;
    tell_interruption();
}

void Progress::held_apart(const run::MetricFiles::Conflict& conflict) {
    say(fmt::format(
        "note: {} made one after the other, since they take metrics from the same file, {}; to make them at "
        "once, let each write a file of its own, such as {{run_dir}}/{}",
        conflict.is_elsewhere ? "runs of this and of another tidemark are" : "runs are",
        terminal::visible(terminal::shown_path(conflict.file)),
        terminal::visible(conflict.file.filename().string())));
}

void Progress::held_apart(int port) {
    say(
        fmt::format("note: runs are made one after the other, since their services have the same port, {}; "
                    "to make them at "
                    "once, give each a port of its own",
                    port));
}

void Progress::giving_up(std::size_t at_work) {
    say(fmt::format(
        "nothing can be stored any more; no run is started, and the {} at work end{} first (Ctrl-C "
        "ends {})",
        at_work == 1 ? "run" : fmt::format("{} runs", at_work), at_work == 1 ? "s" : "",
        at_work == 1 ? "it" : "them"));
}

/// In plain lines not at each change of a number.
void Progress::queued(const std::string& text) {
    constexpr double kQuietSeconds = 10;
    queued_ = text;
    const Seconds now = monotonic_now();
    if (options_.live || queued_ == told_queued_ || now.value - queue_told_.value < kQuietSeconds) return;
    told_queued_ = queued_;
    queue_told_ = now;
    if (!queued_.empty()) say(fmt::format("{} Slurm: {}", counter(), queue_line()));
}

std::string Progress::queue_line() const {
    return running_.empty() ? queued_ : fmt::format("{} · {} running", queued_, running_.size());
}

void Progress::tick() {
    tell_interruption();
    if (!options_.live) return;
    const std::size_t width = terminal::terminal_width(STDERR_FILENO);
    std::vector<std::string> lines;
    for (auto& [key, running] : running_) {
        running.live.refresh();
        const Seconds elapsed{monotonic_now().value - running.started.value};
        lines.push_back(live_line(running.label, running.live, elapsed, width));
    }
    if (!queued_.empty()) lines.push_back("Slurm: " + queue_line());
    lines.push_back(overall());
    area_.draw(lines);
}

std::string Progress::label(const run::PlannedRun& planned) const {
    const sweep::RunSpec& run = sweep_.runs()[planned.spec];
    // lines that are redrawn are read by a person, who knows what the sweep varies
    std::string name =
        terminal::visible(options_.live && !run.named ? terminal::short_run_name(run.run) : run.run);
    const sweep::Repeats& repeats = sweep_.repeats(run);
    if (repeats.until) return fmt::format("{} (repeat {})", name, planned.repeat);
    if (repeats.most == 1) return name;
    return options_.live ? fmt::format("{} ({}/{})", name, planned.repeat, repeats.most)
                         : fmt::format("{} (repeat {} of {})", name, planned.repeat, repeats.most);
}

std::string Progress::result_text(const run::PlannedRun& planned, const run::Record& record) const {
    std::vector<std::string> parts;
    const protocol::Status status = run::status_of(record.outcome);
    if (status != protocol::Status::Ok) {
        parts.push_back(
            fmt::format("{} ({})", to_text(status), terminal::visible(run::reason(record.outcome))));
    }
    if (record.measurement.wall_s) parts.push_back(to_text(Seconds{*record.measurement.wall_s}));
    if (record.measurement.peak_rss_bytes) parts.push_back("peak " + peak_text(record.measurement));
    const auto* workload = sweep_.workload(sweep_.runs()[planned.spec]);
    if (status != protocol::Status::Ok) return fmt::format("{}", fmt::join(parts, ", "));
    std::vector<protocol::MetricDescription> metrics = sweep_.captured();
    if (workload != nullptr)
        metrics.insert(metrics.begin(), workload->metrics.begin(), workload->metrics.end());
    for (const auto& metric : metrics) {
        const auto value = record.final_metrics.find(metric.name);
        const protocol::Unit unit = units_.of(metric.name);
        if (!metric.headline || value == record.final_metrics.end() || unit == protocol::Unit::Count)
            continue;
        parts.push_back(tables::named_figure(metric.name, value->second, unit));
    }
    std::string text = fmt::format("{}", fmt::join(parts, ", "));
    if (workload == nullptr) return text;
    for (const std::string& caveat : tables::brief_caveats(workload, record.request.parameters))
        text += fmt::format(" ({})", caveat);
    return text;
}

void Progress::say(const std::string& line) {
    for (const std::string& part : broken(line)) area_.write_above(part);
}

void Progress::say_ended(const std::string& line, bool ok) {
    const char* const colour = !options_.live ? nullptr : ok ? kGreen : kRed;
    bool is_first = true;
    for (const std::string& part : broken(line)) {
        area_.write_above(part, is_first ? (ok ? kDone : kFailed) : "", is_first ? colour : nullptr);
        is_first = false;
    }
}

/// As a terminal has room for it, between words; what is no terminal gets it whole.
std::vector<std::string> Progress::broken(const std::string& line) const {
    constexpr std::size_t kIndent = 4, kNarrowest = 20;
    if (!options_.live) return {line};
    const std::size_t width = std::max(terminal::terminal_width(STDERR_FILENO), kNarrowest);
    if (terminal::display_width(line) <= width) return {line};
    std::vector<std::string> lines = terminal::wrapped(line, width - kIndent);
    for (std::size_t i = 1; i < lines.size(); ++i) lines[i].insert(0, kIndent, ' ');
    return lines;
}

std::string Progress::counter() const {
    const std::string total = std::to_string(options_.total);
    return fmt::format("[{:>{}}/{}]", ended_, total.size(), total);
}

std::string Progress::overall() const {
    std::vector<RemainingTime::Running> running;
    auto done = static_cast<double>(ended_);
    for (const auto& [key, run] : running_) {
        running.push_back({Seconds{monotonic_now().value - run.started.value}, share_done(run.live)});
        done += running.back().share.value_or(0);
    }
    const std::size_t under_way = ended_ + running_.size();
    const std::size_t waiting = options_.total > under_way ? options_.total - under_way : 0;
    std::string text =
        fmt::format("{} {}/{} done", bar(done, options_.total, kBarWidth), ended_, options_.total);
    if (failed_ > 0) text += fmt::format(" · {} failed", failed_);
    const auto left = remaining_.estimate(running, waiting, options_.jobs);
    if (left && ended_ < options_.total) text += fmt::format(" · about {} left", to_text(*left));
    return text;
}

void Progress::tell_interruption() {
    const int requests = interruption_.requests();
    if (requests == told_requests_) return;
    if (told_requests_ == 0 && requests == 1)
        say(options_.queue ? "cancelling the jobs; press Ctrl-C again to leave them to Slurm"
                           : "ending the running runs; press Ctrl-C again to kill them at once");
    told_requests_ = requests;
}

}  // namespace tidemark::cli
