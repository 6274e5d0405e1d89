#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "cli/live_state.hpp"
#include "results/units.hpp"
#include "run/scheduler.hpp"
#include "sweep/sweep.hpp"
#include "terminal/live_area.hpp"

namespace tidemark::cli {

struct ProgressOptions {
    bool live = false;      ///< redraw lines in place; else one line when a run starts and one when it ends
    std::size_t total = 0;  ///< repeats of runs in the whole sweep
    std::size_t done_before = 0;
    int jobs = 1;
    bool queue = false;  ///< runs are made on other machines, whose queue may keep them
};

/// Shows on stderr what a sweep does: a live line per running run above an overall bar, and a line that stays
/// for each finished one.
class Progress : public run::Observer {
  public:
    Progress(const sweep::Sweep& sweep, const Interruption& interruption, const ProgressOptions& options);

    void started(const run::PlannedRun& run, const run::Launch& launch) override;
    void finished(const run::PlannedRun& run, const run::Record& record) override;
    void retried(const run::PlannedRun& run, const run::Record& record, int next_attempt, int most) override;
    void skipped(const run::PlannedRun& run) override;
    void added(std::size_t runs) override { options_.total += runs; }
    void waiting(std::size_t runs_elsewhere) override;
    void held_apart(const run::MetricFiles::Conflict& conflict) override;
    void held_apart(int port) override;
    void giving_up(std::size_t at_work) override;
    void queued(const std::string& text) override;
    void tick() override;

    /// A line that stays, whatever is redrawn below it.
    void say(const std::string& line);

    /// Removes what is redrawn; to be called before anything else is written.
    void close() { area_.clear(); }

  private:
    struct Running {
        std::string label;
        run::LiveRun live;
        Seconds started;
    };
    std::string label(const run::PlannedRun& run) const;
    std::string result_text(const run::PlannedRun& run, const run::Record& record) const;
    /// With the mark of how a run ended in its colour.
    void say_ended(const std::string& line, bool ok);
    std::vector<std::string> broken(const std::string& line) const;
    std::string counter() const;
    std::string overall() const;
    std::string queue_line() const;
    void tell_interruption();

    const sweep::Sweep& sweep_;
    results::Units units_;
    const Interruption& interruption_;
    ProgressOptions options_;
    terminal::LiveArea area_;
    std::map<std::pair<std::size_t, int>, Running> running_;
    RemainingTime remaining_;
    std::size_t ended_ = 0;  ///< by now, those before this command included
    std::size_t failed_ = 0;
    std::size_t waiting_elsewhere_ = 0;
    std::string queued_;       ///< what runs in the queue wait for
    std::string told_queued_;  ///< the same as it stands in plain lines
    Seconds queue_told_{0};    ///< and since when
    int told_requests_ = 0;
};

}  // namespace tidemark::cli
