#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/line_reader.hpp"
#include "base/units.hpp"
#include "protocol/service.hpp"
#include "run/launcher.hpp"

namespace tidemark::run {

/// A service from its start to its end: looks whether it is ready, and knows why it will not become so. What
/// it waits for may come at any time, so it is asked again and again.
class LiveService {
  public:
    /// Starts it, unless something else has its port. Its directory exists.
    LiveService(Launcher& launcher, Launch launch, const protocol::Service& service);
    ~LiveService();
    LiveService(LiveService&&) noexcept;
    LiveService& operator=(LiveService&&) = delete;

    /// Whether the process that has ended is one of it.
    bool owns(const std::string& run_id) const;
    void note_end(const std::string& run_id);

    /// Looks whether it is ready now; after the time for that it is asked to end.
    void look();
    /// Asks it to end.
    void stop();

    bool is_ready() const { return ready_; }
    bool has_ended() const { return !runs_ && !check_runs_; }
    /// Why it did not become ready.
    const std::string& problem() const { return problem_; }

  private:
    bool has_its_line();
    bool has_passed_its_check();
    std::string what_was_missing() const;

    Launcher& launcher_;
    Launch launch_;
    Launch check_;
    protocol::Service service_;
    struct Line;
    std::unique_ptr<Line> line_;
    Seconds started_;
    Seconds check_again_{0};
    std::string check_problem_;
    std::string problem_;
    bool runs_ = false;
    bool check_runs_ = false;
    bool passed_check_ = false;
    bool asked_to_end_ = false;
    bool ready_ = false;
};

}  // namespace tidemark::run
