#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "run/launcher.hpp"

namespace tidemark::run {

/// Runs on this machine: each under a warden of its own, spawned with Boost.Process and supervised by pidfd.
class LocalLauncher : public Launcher {
  public:
    /// `method`: how peaks are measured, `auto` or one of kMemoryMethods.
    explicit LocalLauncher(std::filesystem::path warden, std::string method = "auto");
    ~LocalLauncher() override;  ///< kills what is still running

    /// How many of `jobs` runs at the same time this process has descriptors for; `note` says so where it is
    /// fewer. To be asked before the first of several is started. Throws CannotGoOn where there is room for
    /// none.
    int room_for(int jobs, std::string& note);

    void start(const Launch& launch) override;
    std::vector<std::string> wait(Seconds timeout, int wake_descriptor) override;
    void cancel(const std::string& run_id) override;
    void cancel_all(bool now) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// How the peak of a run can be measured, best first. `auto` takes the first that can be had.
inline constexpr std::array<std::string_view, 4> kMemoryMethods{"cgroup", "exit-stop", "sampled", "wait4"};

/// Whether something can be had on this machine: how, or else why not.
struct Ability {
    bool available = false;
    std::string explanation;
};

/// What the warden can enforce and measure for the runs of this process.
struct Abilities {
    Ability memory_limit;
    Ability swap_limit;
    Ability pids_limit;
    Ability exit_stops;
};
Abilities abilities(const std::filesystem::path& warden);

/// What of the limits cannot be enforced here: the names of the limits (`memory`, `swap`, `pids`) and why.
std::vector<std::pair<std::string, std::string>> unenforceable(const protocol::Limits& limits,
                                                               const Abilities& abilities);

}  // namespace tidemark::run
