#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "protocol/description.hpp"

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

/// Fixed columns that came later. They stand behind the parameters and metrics, so that who counts columns
/// finds the first ones where they always were; their names are taken too.
inline constexpr std::array<std::string_view, 14> kFurtherResultColumns{
    "peak_anonymous_bytes", "peak_shared_bytes", "peak_file_bytes",    "peak_cache_bytes",
    "memory_limit_reached", "minor_faults",      "voluntary_switches", "involuntary_switches",
    "read_bytes",           "written_bytes",     "swapped_in_bytes",   "swapped_out_bytes",
    "memory_stall_s",       "throttled_s"};

inline bool is_fixed_column(std::string_view name) {
    return std::find(kResultColumns.begin(), kResultColumns.end(), name) != kResultColumns.end() ||
           std::find(kFurtherResultColumns.begin(), kFurtherResultColumns.end(), name) !=
               kFurtherResultColumns.end();
}

/// Those of them that belong to one repeat alone. `medians`, which has a row for each run, goes without them.
inline constexpr std::array<std::string_view, 6> kRepeatColumns{"run_id", "repeat",     "exit_code",
                                                                "signal", "started_at", "memory_method"};

/// Metrics that have a meaning of their own in tables and charts, whatever program reports them. A table may
/// name them before any run has done so.
inline constexpr std::array<std::string_view, 13> kWellKnownMetrics{"accuracy",
                                                                    "loss",
                                                                    "params",
                                                                    "images_per_s",
                                                                    "epoch_s",
                                                                    "model_bytes",
                                                                    "activation_bytes",
                                                                    "loader_bytes",
                                                                    "overhead_bytes",
                                                                    "predicted_model_bytes",
                                                                    "predicted_activation_bytes",
                                                                    "predicted_loader_bytes",
                                                                    "predicted_total_bytes"};

/// What the name of a column says of its unit: `_bytes`, `_s`, `_per_s`, and the well-known metrics. None
/// where it says nothing.
Unit unit_of_column(std::string_view name);

}  // namespace tidemark::protocol
