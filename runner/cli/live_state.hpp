#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "run/live_run.hpp"

namespace tidemark::cli {

/// `train · epoch 1/2 · step 12/32 · loss 2.103 · 312 MiB now · 12.3 s`: what is known of it so far.
std::string live_text(const run::LiveRun& run, Seconds elapsed);

/// The same for a line of a terminal: `▶ 12.3 s · 312 MiB now · epoch 1/2 · step 12/32  model=h2q…workers=2`.
/// The figures stand first, and the run's name is shortened so that the line fits.
std::string live_line(const std::string& name, const run::LiveRun& run, Seconds elapsed, std::size_t width);

/// Share of the run that is behind it, by its own progress events; nothing where it tells none.
std::optional<double> share_done(const run::LiveRun& run);

/// `██████░░░░`; a part of what is under way counts as done.
std::string bar(double done, std::size_t total, std::size_t width);

/// Guesses how long a sweep still takes from the runs that are finished and the progress of those that are
/// running.
class RemainingTime {
  public:
    void finished(Seconds wall) { walls_.push_back(wall); }

    struct Running {
        Seconds elapsed;
        std::optional<double> share;
    };
    /// Nothing where nothing is known yet.
    std::optional<Seconds> estimate(const std::vector<Running>& running, std::size_t waiting, int jobs) const;

  private:
    std::vector<Seconds> walls_;
};

}  // namespace tidemark::cli
