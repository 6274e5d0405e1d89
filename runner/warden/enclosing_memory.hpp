#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/measurement.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::warden {

/// The limit of one memory cgroup around this process, and what is left below it.
struct EnclosingLimit {
    std::int64_t limit_bytes = 0;
    std::int64_t left_bytes = 0;  ///< what the kernel can take back from the page cache counted as free
};

/// The memory cgroups in which this process is, from its own to the outermost that is visible, of both
/// versions. All of it can be read by everybody.
class EnclosingMemory {
  public:
    /// Kept from here on: how many processes the kernel has killed in them.
    explicit EnclosingMemory(const CgroupView& view = {});

    /// To be called now and then: what was counted a while ago has another cause than what ends now.
    void look(double now);
    /// A process of the run, which is in the innermost of them, was ended by SIGKILL, and not by us. The
    /// kernel counts before it kills.
    void saw_a_kill();

    /// What has been killed since; `oom_kills_of_run`: what is known to have been of the run. The limit is
    /// told where one was reached.
    protocol::EnclosingKills kills_since(std::int64_t oom_kills_of_run) const;

    /// The one that leaves least; nothing where none has a limit.
    std::optional<EnclosingLimit> tightest() const;

  private:
    struct Level {
        int version = 0;
        std::string folder;
        std::int64_t oom_kills = 0;  ///< at the beginning
        std::int64_t ooms = 0;       ///< version 2: how often its own limit was the cause
        bool is_innermost = false;
        std::int64_t own_kills = 0;  ///< of the processes in this very cgroup, at the beginning
    };
    void add_levels(int version, const std::optional<CgroupPlace>& place);
    static std::optional<std::int64_t> limit_of(const Level& level);
    static bool was_reached(const Level& level, std::int64_t limit);

    std::int64_t kills_beside_the_run() const;

    std::vector<Level> levels_;
    double looked_at_ = 0;
    std::int64_t before_ = 0;  ///< kills in the innermost, a second ago or more
    std::int64_t lately_ = 0;  ///< at the last look
    std::int64_t of_run_ = 0;
};

}  // namespace tidemark::warden
