#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include <poll.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "cli/live_state.hpp"
#include "cli/output.hpp"
#include "cli/said.hpp"
#include "cli/verb.hpp"
#include "report/short_texts.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"
#include "terminal/display_text.hpp"
#include "terminal/live_area.hpp"
#include "terminal/place_of_results.hpp"
#include "terminal/short_names.hpp"
#include "terminal/signals.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {
namespace {

constexpr std::size_t kBarWidth = 24;
constexpr int kPeriodMilliseconds = 500;

struct WatchOptions {
    std::string database;
    bool once = false;
};

/// The live state of all running sweeps, from the database and from the run directories.
class Watcher {
  public:
    explicit Watcher(store::Database& database) : database_(database) {}

    /// From here on the lines are for a terminal of that width.
    void fit(std::size_t width) { width_ = width; }

    /// Empty: no sweep is running.
    std::vector<std::string> look() {
        std::vector<std::string> lines;
        for (const store::RunningInvocation& invocation :
             store::running_invocations(database_.connection())) {
            const auto ended = static_cast<std::size_t>(invocation.ok + invocation.failed);
            const auto planned = static_cast<std::size_t>(invocation.planned);
            std::string line =
                fmt::format("{} {} {}/{} done", terminal::visible(invocation.sweep),
                            bar(static_cast<double>(ended), planned, kBarWidth), ended, planned);
            if (invocation.failed > 0) line += fmt::format(" · {} failed", invocation.failed);
            lines.push_back(line + fmt::format(" · process {} since {}", invocation.process.pid,
                                               width_ > 0 ? report::in_local_time(invocation.started_at)
                                                          : invocation.started_at));
            std::size_t pending = 0;
            for (const store::LiveClaim& claim : invocation.runs) {
                if (store::is_pending(claim))
                    ++pending;
                else
                    lines.push_back(describe(claim));
            }
            if (pending > 0) lines.push_back(fmt::format("  {} in the queue", pending));
        }
        return lines;
    }

  private:
    std::string describe(const store::LiveClaim& claim) {
        run::LiveRun& live =
            runs_.try_emplace(claim.run_id, std::filesystem::path(claim.directory)).first->second;
        live.refresh();
        const std::string repeat = claim.repeat > 1 ? fmt::format(" (repeat {})", claim.repeat) : "";
        const std::string run = width_ > 0 ? terminal::short_run_name(claim.run) : claim.run;
        const std::string name = terminal::visible(run) + repeat;
        const Seconds elapsed = seconds_since(claim.started_at);
        if (width_ > 0) return live_line(name, live, elapsed, width_);
        return fmt::format("  ▶ {}  {}", name, live_text(live, elapsed));
    }

    store::Database& database_;
    std::map<std::string, run::LiveRun> runs_;
    std::size_t width_ = 0;  ///< 0: of none
};

/// Waits a moment, or until somebody wants an end.
void rest(const terminal::SignalInterruption& interruption) {
    pollfd source{interruption.descriptor(), POLLIN, 0};
    if (poll(&source, 1, kPeriodMilliseconds) < 0 && errno != EINTR)
        std::this_thread::sleep_for(std::chrono::milliseconds(kPeriodMilliseconds));
}

/// The first sweep may be about to begin. False: somebody wants an end.
bool wait_for_database(const std::string& file) {
    std::error_code error;
    if (std::filesystem::exists(file, error)) return true;
    say("there is no database {} yet; waiting for it (Ctrl-C ends this)", terminal::shown_path(file));
    const terminal::SignalInterruption interruption;
    while (!std::filesystem::exists(file, error) && interruption.requests() == 0) rest(interruption);
    return interruption.requests() == 0;
}

ExitCode watch(const WatchOptions& options) {
    const bool live = !options.once && terminal::can_redraw(STDOUT_FILENO);
    if (live && !wait_for_database(options.database)) return ExitCode::Success;
    store::Database database = store::Database::open_to_read(options.database);
    Watcher watcher(database);
    if (live) watcher.fit(terminal::terminal_width(STDOUT_FILENO));
    std::vector<std::string> lines = watcher.look();
    if (!live || lines.empty()) {
        write_output({}, [&](std::ostream& out) {
            for (const std::string& line : lines) out << line << '\n';
            if (lines.empty())
                out << "no sweep is running in " << terminal::shown_path(options.database) << '\n';
        });
        return ExitCode::Success;
    }
    const terminal::SignalInterruption interruption;
    terminal::LiveArea area(STDOUT_FILENO);
    while (!lines.empty() && interruption.requests() == 0) {
        area.draw(lines);
        rest(interruption);
        watcher.fit(terminal::terminal_width(STDOUT_FILENO));
        // which shows the file as it was when it was opened
        if (database.is_copy()) database = store::Database::open_to_read(options.database);
        lines = watcher.look();
    }
    area.clear();
    if (interruption.requests() == 0)
        write_output({}, [](std::ostream& out) { out << "no sweep is running any more\n"; });
    return ExitCode::Success;
}

}  // namespace

Action add_watch_verb(Options& declared) {
    auto options = std::make_shared<WatchOptions>();
    declared.text("--db", options->database, "the database of results");
    declared.flag("--once", options->once,
                  "prints the state once, as it always does if the output is not a terminal");
    return [options](const Context&) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return watch(*options);
    };
}

}  // namespace tidemark::cli
