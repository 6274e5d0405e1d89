#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/line_reader.hpp"
#include "base/units.hpp"
#include "protocol/event.hpp"
#include "protocol/measurement.hpp"

namespace tidemark::run {

/// What is known of a run that is still going on, from the files in its directory. Any process may watch it
/// so.
class LiveRun {
  public:
    explicit LiveRun(const std::filesystem::path& directory);

    void refresh();  ///< reads what has been written since the last time

    const std::optional<protocol::Progress>& progress() const { return progress_; }
    const std::string& phase() const { return phase_; }
    const std::optional<protocol::Sample>& memory() const { return sample_; }
    std::optional<double> loss() const { return loss_; }

  private:
    LineReader events_;
    LineReader samples_;
    std::optional<protocol::Progress> progress_;
    std::optional<double> loss_;
    std::string phase_;
    std::optional<protocol::Sample> sample_;
};

}  // namespace tidemark::run
