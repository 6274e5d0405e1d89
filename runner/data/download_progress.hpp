#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "data/download.hpp"
#include "terminal/live_area.hpp"

namespace tidemark::data {

/// Shows a download on stderr: a bar on a terminal, else a line for each tenth.
class DownloadProgress : public DownloadObserver {
  public:
    DownloadProgress();

    void progress(const RemoteFile& file, std::int64_t bytes) override;
    void note(const std::string& text) override;
    bool wants_to_stop() const override;

  private:
    using Clock = std::chrono::steady_clock;

    void start(const RemoteFile& file, std::int64_t bytes);
    void draw_bar(const RemoteFile& file, std::int64_t bytes);

    bool redraws_;
    terminal::LiveArea area_;
    std::string name_;  ///< of the file that is on its way
    std::int64_t bytes_at_start_ = 0;
    std::int64_t tenths_ = 0;  ///< told so far
    Clock::time_point start_;
    Clock::time_point drawn_;
};

/// `[#######-----------]`: how much of it is there.
std::string bar(double share, std::size_t width);

}  // namespace tidemark::data
