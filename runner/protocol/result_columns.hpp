#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.hpp"
#include "protocol/figures.hpp"

namespace tidemark::protocol {

/// The fixed columns of the `results` view, in its order. Parameters and metrics follow them and may not have
/// these names. Scripts rely on them: the list does not change, a new figure stands in
/// further_result_columns().
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

/// The last line that an attempt which did not end ok wrote to stderr; null where there is none.
inline constexpr std::string_view kLastWords = "last_words";

/// The commit of the repository that the sweep file lies in, with `+` where tracked files were changed; null
/// where there is none.
inline constexpr std::string_view kRevision = "revision";

/// What people say of an attempt: words of theirs, `draft, paper`, and a text; null where nobody has. A
/// parameter or a metric may be called so, too, and is then what the column shows.
inline constexpr std::string_view kTags = "tags";
inline constexpr std::string_view kNote = "note";
bool is_annotation(std::string_view name);

/// `exit code 1: no such file`: the reason of a status, and the program's last words where there are any.
std::string told_reason(const std::string& reason, const std::string& last_words);

/// The fixed columns that came later: figures in the order of kFigures, kLastWords, kRevision, kTags and
/// kNote. They stand behind the parameters and metrics, so that who counts columns finds the first ones where
/// they always were; their names are taken too, but for those of annotations.
std::span<const std::string_view> further_result_columns();

bool is_fixed_column(std::string_view name);

/// Those that belong to one repeat alone. `medians`, which has a row for each run, goes without them.
inline constexpr std::array<std::string_view, 7> kRepeatColumns{
    "run_id", "repeat", "exit_code", "signal", "started_at", "memory_method", kRevision};
bool is_repeat_column(std::string_view name);

/// A metric that has a meaning of its own in tables and charts, whatever program reports it.
struct KnownMetric {
    std::string_view name;
    Unit unit = Unit::None;
    std::string_view heading;  ///< without the unit
    std::string_view chinese;
};

/// A table may name them before any run has reported them.
inline constexpr std::array kKnownMetrics{
    KnownMetric{"accuracy", Unit::Fraction, "accuracy", "准确率"},
    KnownMetric{"loss", Unit::None, "loss", "损失"},
    KnownMetric{"params", Unit::Count, "params", "参数量"},
    KnownMetric{"images_per_s", Unit::PerSecond, "images", "图像"},
    KnownMetric{"epoch_s", Unit::Seconds, "epoch", "轮"},
    KnownMetric{"model_bytes", Unit::Bytes, "model", "模型"},
    KnownMetric{"activation_bytes", Unit::Bytes, "activation", "激活"},
    KnownMetric{"loader_bytes", Unit::Bytes, "loader", "数据加载"},
    KnownMetric{"overhead_bytes", Unit::Bytes, "overhead", "进程开销"},
    KnownMetric{"predicted_model_bytes", Unit::Bytes, "predicted model", "预估模型"},
    KnownMetric{"predicted_activation_bytes", Unit::Bytes, "predicted activation", "预估激活"},
    KnownMetric{"predicted_loader_bytes", Unit::Bytes, "predicted loader", "预估数据加载"},
    KnownMetric{"predicted_total_bytes", Unit::Bytes, "predicted total", "预估总量"},
};

/// The unit of a column where nobody has declared one for this sweep: that of the figure or the known metric,
/// else what the end of the name says (`_bytes`, `_per_s`, `_s`); None where it says nothing.
Unit unit_of(std::string_view name);

/// What a column is called where nobody has given it a heading: that of the figure or the known metric; any
/// other by its name, `epoch_s` → `epoch`, without the end that says the unit. The table adds the unit.
std::string heading_of(std::string_view name, Unit unit, Language language = Language::English);

/// What a figure is called in a line of text, where no other column says what it is: `wall time`, `CPU time`.
std::string title_of(std::string_view name, Unit unit);

/// Of a figure as its row says, of a metric as its unit does.
Noise noise_of(std::string_view name, Unit unit);

/// The columns that a view of results has: the fixed ones, parameters, metrics, and the further fixed ones,
/// each name once, where it comes first.
std::vector<std::string> all_result_columns(const std::vector<std::string>& parameters,
                                            const std::vector<std::string>& metrics);

}  // namespace tidemark::protocol
