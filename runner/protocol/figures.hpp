#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/measurement.hpp"
#include "protocol/unit.hpp"

namespace tidemark::protocol {

/// What kind of figure it is, by what disturbs it.
enum class Noise {
    Memory,    ///< what repeats show, and what malloc's layout does
    CpuTime,   ///< other programs take from it by caches and clock rate only
    WallTime,  ///< all other times and rates
    None,      ///< accuracies, counts: what repeats show is all there is
};

/// The part of a run's page that a figure stands in.
enum class FigureGroup {
    Measured,
    Growth,  ///< behind the measured ones, of runs that tell epochs
    Resources,
    Ending,  ///< beside status and reason, where there is something to tell
};

/// One measured figure: all that is known of it, in one row. It is a member of Measurement, a key of
/// measurement.json, a column of `runs` and of `results`, a line of `show`.
struct Figure {
    /// An empty text is a figure that was not measured, as an absent number is.
    using Member =
        std::variant<std::optional<std::int64_t> Measurement::*, std::optional<double> Measurement::*,
                     std::optional<bool> Measurement::*, std::string Measurement::*>;

    std::string_view name;  ///< of the column and of the key
    Member member;
    Unit unit = Unit::None;
    Noise noise = Noise::None;
    std::string_view heading;  ///< of a column, without the unit
    std::string_view chinese;  ///< the same heading
    std::string_view title;    ///< in a line of its own; indented where it is a part of the line before
    FigureGroup group = FigureGroup::Measured;
};

/// In the order in which a run's page tells them. The standard library alone: it is a part of the warden.
inline constexpr std::array kFigures{
    Figure{"wall_s", &Measurement::wall_s, Unit::Seconds, Noise::WallTime, "time", "时间", "wall time"},
    Figure{"user_s", &Measurement::user_s, Unit::Seconds, Noise::CpuTime, "CPU time, user",
           "CPU 时间（用户）", "CPU time, user"},
    Figure{"system_s", &Measurement::system_s, Unit::Seconds, Noise::CpuTime, "CPU time, system",
           "CPU 时间（系统）", "CPU time, system"},
    Figure{"peak_rss_bytes", &Measurement::peak_rss_bytes, Unit::Bytes, Noise::Memory, "peak memory",
           "峰值内存", "peak memory"},
    Figure{"peak_rss_low_bytes", &Measurement::peak_rss_low_bytes, Unit::Bytes, Noise::Memory, "at least",
           "至少", "  at least"},
    Figure{"peak_rss_high_bytes", &Measurement::peak_rss_high_bytes, Unit::Bytes, Noise::Memory, "at most",
           "至多", "  at most"},
    Figure{"memory_method", &Measurement::memory_method, Unit::None, Noise::None, "memory method", "测量方法",
           "  measured by"},
    Figure{"peak_bounds_from", &Measurement::peak_bounds_from, Unit::None, Noise::None, "bounds from",
           "界限依据", "  bounds from"},
    Figure{"peak_anonymous_bytes", &Measurement::peak_anonymous_bytes, Unit::Bytes, Noise::Memory,
           "peak anonymous", "峰值匿名内存", "  of it anonymous"},
    Figure{"peak_shared_bytes", &Measurement::peak_shared_bytes, Unit::Bytes, Noise::Memory, "peak shared",
           "峰值共享内存", "  of it shared memory"},
    Figure{"peak_file_bytes", &Measurement::peak_file_bytes, Unit::Bytes, Noise::Memory, "peak file",
           "峰值文件映射", "  of it mapped files"},
    Figure{"initial_rss_bytes", &Measurement::initial_rss_bytes, Unit::Bytes, Noise::Memory,
           "memory at the start", "初始内存", "memory at the start"},
    Figure{"final_rss_bytes", &Measurement::final_rss_bytes, Unit::Bytes, Noise::Memory, "memory at the end",
           "结束时内存", "memory at the end"},
    Figure{"peak_cgroup_bytes", &Measurement::peak_cgroup_bytes, Unit::Bytes, Noise::Memory, "peak cgroup",
           "cgroup 峰值", "peak of the cgroup"},
    Figure{"peak_cache_bytes", &Measurement::peak_cache_bytes, Unit::Bytes, Noise::Memory, "peak cache",
           "峰值页缓存", "  page cache charged to it"},
    Figure{"memory_limit_reached", &Measurement::memory_limit_reached, Unit::None, Noise::None,
           "memory limit reached", "达到内存上限", "memory limit reached"},
    Figure{"peak_swap_bytes", &Measurement::peak_swap_bytes, Unit::Bytes, Noise::Memory, "peak of swap",
           "峰值交换", "peak of swap"},
    Figure{"peak_hugetlb_bytes", &Measurement::peak_hugetlb_bytes, Unit::Bytes, Noise::Memory, "peak hugetlb",
           "峰值大页", "peak of hugetlb pages"},
    Figure{"major_faults", &Measurement::major_faults, Unit::Count, Noise::None, "major page faults",
           "主缺页", "page faults, major", FigureGroup::Resources},
    Figure{"minor_faults", &Measurement::minor_faults, Unit::Count, Noise::None, "minor page faults",
           "次缺页", "page faults, minor", FigureGroup::Resources},
    Figure{"voluntary_switches", &Measurement::voluntary_switches, Unit::Count, Noise::None,
           "voluntary switches", "自愿上下文切换", "context switches, voluntary", FigureGroup::Resources},
    Figure{"involuntary_switches", &Measurement::involuntary_switches, Unit::Count, Noise::None,
           "involuntary switches", "非自愿上下文切换", "context switches, involuntary",
           FigureGroup::Resources},
    Figure{"read_bytes", &Measurement::read_bytes, Unit::Bytes, Noise::Memory, "read", "磁盘读取",
           "read from disk", FigureGroup::Resources},
    Figure{"written_bytes", &Measurement::written_bytes, Unit::Bytes, Noise::Memory, "written", "磁盘写入",
           "written to disk", FigureGroup::Resources},
    Figure{"swapped_in_bytes", &Measurement::swapped_in_bytes, Unit::Bytes, Noise::Memory, "swapped in",
           "换入", "swapped in", FigureGroup::Resources},
    Figure{"swapped_out_bytes", &Measurement::swapped_out_bytes, Unit::Bytes, Noise::Memory, "swapped out",
           "换出", "swapped out", FigureGroup::Resources},
    Figure{"memory_stall_s", &Measurement::memory_stall_s, Unit::Seconds, Noise::WallTime, "memory stall",
           "等待内存", "waited for memory", FigureGroup::Resources},
    Figure{"throttled_s", &Measurement::throttled_s, Unit::Seconds, Noise::WallTime, "throttled",
           "受 CPU 配额限制", "held back by a CPU quota", FigureGroup::Resources},
    Figure{"ended_by", &Measurement::ended_by, Unit::None, Noise::None, "ended by", "结束方式", "ended by",
           FigureGroup::Ending},
    Figure{"ending_s", &Measurement::ending_s, Unit::Seconds, Noise::WallTime, "ending", "结束耗时",
           "after it was asked to end", FigureGroup::Ending},
    Figure{"growth_bytes_per_epoch", &Measurement::growth_bytes_per_epoch, Unit::Bytes, Noise::Memory,
           "growth per epoch", "每轮增长", "growth from epoch to epoch", FigureGroup::Growth},
    Figure{"growth_low_bytes_per_epoch", &Measurement::growth_low_bytes_per_epoch, Unit::Bytes, Noise::Memory,
           "growth at least", "每轮增长至少", "  at least", FigureGroup::Growth},
    Figure{"growth_high_bytes_per_epoch", &Measurement::growth_high_bytes_per_epoch, Unit::Bytes,
           Noise::Memory, "growth at most", "每轮增长至多", "  at most", FigureGroup::Growth},
};

/// Null where it is no measured figure.
constexpr const Figure* find_figure(std::string_view name) {
    const auto found = std::find_if(kFigures.begin(), kFigures.end(),
                                    [name](const Figure& figure) { return figure.name == name; });
    return found == kFigures.end() ? nullptr : &*found;
}

/// Not a column, but what checks and comparisons make of two: what a program costs. Other programs of the
/// machine disturb it less than its wall time.
struct DerivedFigure {
    std::string_view name;
    std::string_view expression;  ///< SQL over `results`
    Unit unit;
    Noise noise;
    std::string_view title;
};
inline constexpr DerivedFigure kCpuTime{"cpu_s", "(user_s + system_s)", Unit::Seconds, Noise::CpuTime,
                                        "CPU time"};

/// The measured figures that a comparison of runs is about, in its order.
inline constexpr std::array<std::string_view, 4> kComparedFigures{"peak_rss_bytes", kCpuTime.name, "wall_s",
                                                                  "peak_swap_bytes"};

}  // namespace tidemark::protocol
