#pragma once

#include <array>
#include <string_view>

namespace tidemark::protocol {

/// The fixed columns of the `results` view, in its order. Parameters and metrics follow them and may not have
/// these names.
inline constexpr std::array<std::string_view, 23> kResultColumns{"run_id",
                                                                 "sweep",
                                                                 "run",
                                                                 "cell",
                                                                 "key",
                                                                 "repeat",
                                                                 "status",
                                                                 "reason",
                                                                 "exit_code",
                                                                 "signal",
                                                                 "started_at",
                                                                 "wall_s",
                                                                 "user_s",
                                                                 "system_s",
                                                                 "initial_rss_bytes",
                                                                 "final_rss_bytes",
                                                                 "peak_rss_bytes",
                                                                 "peak_rss_low_bytes",
                                                                 "peak_rss_high_bytes",
                                                                 "peak_cgroup_bytes",
                                                                 "peak_swap_bytes",
                                                                 "major_faults",
                                                                 "memory_method"};

}  // namespace tidemark::protocol
