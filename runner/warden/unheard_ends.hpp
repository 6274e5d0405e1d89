#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// Page faults of a process, and of the children that it has waited for.
struct Faults {
    std::int64_t own = 0;
    std::int64_t children = 0;
};
/// Of a zombie, too; nothing where it is gone.
std::optional<Faults> faults_of(pid_t process);

/// Bounds what processes may have mapped between two looks whose ends the kernel tells nobody here
/// (ExitMarks needs rights that a container does not give). Nothing tells their marks; but who waits for
/// them is told their page faults, and a fault maps no more than kMappedByAFault, but of huge pages.
class UnheardEnds {
  public:
    /// Of files: fault_around_bytes, mm/memory.c. Of others it is one page.
    static constexpr std::int64_t kMappedByAFault = std::int64_t{64} << 10;

    /// A child of this process is about to be waited for.
    void reap(const Faults& faults) { reaped_ += faults.own + faults.children; }
    /// The same of one whose mark is told all the same: its own faults since the last look tell no more.
    void reap_told(pid_t process, const Faults& faults) { reaped_ += before_[process].own + faults.children; }
    /// The processes that are there now, zombies too. Returns what those may have mapped since the look
    /// before that ended, or came and went, in bytes. What the living mapped their own marks tell.
    std::int64_t look(const std::map<pid_t, Faults>& now, const std::vector<pid_t>& living);

  private:
    std::map<pid_t, Faults> before_;
    std::int64_t reaped_ = 0;
    std::int64_t reaped_before_ = 0;
};

}  // namespace tidemark::warden
