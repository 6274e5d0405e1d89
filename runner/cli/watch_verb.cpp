#include <algorithm>
#include <map>
#include <optional>

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "cli/live_state.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"
#include "terminal/display_text.hpp"
#include "terminal/live_area.hpp"
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

    /// Empty: no sweep is running.
    std::vector<std::string> look() {
        std::vector<std::string> lines;
        for (const store::RunningInvocation& invocation :
             store::running_invocations(database_.connection())) {
            const auto ended = static_cast<std::size_t>(invocation.ok + invocation.failed);
            const auto planned = static_cast<std::size_t>(invocation.planned);
            std::string line = fmt::format("{} {} {}/{} done", terminal::visible(invocation.sweep),
                                           bar(ended, planned, kBarWidth), ended, planned);
            if (invocation.failed > 0) line += fmt::format(" · {} failed", invocation.failed);
            lines.push_back(
                line + fmt::format(" · process {} since {}", invocation.process.pid, invocation.started_at));
            for (const store::LiveClaim& claim : invocation.runs) lines.push_back(describe(claim));
        }
        return lines;
    }

  private:
    std::string describe(const store::LiveClaim& claim) {
        run::LiveRun& live =
            runs_.try_emplace(claim.run_id, std::filesystem::path(claim.directory)).first->second;
        live.refresh();
        const std::string repeat = claim.repeat > 1 ? fmt::format(" (repeat {})", claim.repeat) : "";
        return fmt::format("  ▶ {}{}  {}", terminal::visible(claim.run), repeat,
                           live_text(live, seconds_since(claim.started_at)));
    }

    store::Database& database_;
    std::map<std::string, run::LiveRun> runs_;
};

ExitCode watch(const WatchOptions& options) {
    store::Database database = store::Database::open_to_read(options.database);
    Watcher watcher(database);
    const bool live = !options.once && terminal::can_redraw(STDOUT_FILENO);
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
        pollfd source{interruption.descriptor(), POLLIN, 0};
        poll(&source, 1, kPeriodMilliseconds);
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
                  "prints the state once (as it does where the output is no terminal)");
    return [options](const Context&) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return watch(*options);
    };
}

}  // namespace tidemark::cli
