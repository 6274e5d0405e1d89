#pragma once

#include <filesystem>
#include <memory>

#include "run/launcher.hpp"

namespace tidemark::run {

/// Runs on this machine: each under a warden of its own, spawned with Boost.Process and supervised by pidfd.
class LocalLauncher : public Launcher {
  public:
    explicit LocalLauncher(std::filesystem::path warden);
    ~LocalLauncher() override;  ///< kills what is still running

    void start(const Launch& launch) override;
    std::vector<std::string> wait(Seconds timeout, int wake_descriptor) override;
    void cancel_all(bool now) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Whether a memory limit can be enforced for runs on this machine, and if not, why and what to do about it.
struct MemoryLimitSupport {
    bool available = false;
    std::string explanation;
};
MemoryLimitSupport memory_limit_support(const std::filesystem::path& warden);

}  // namespace tidemark::run
