#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "protocol/description.hpp"

namespace tidemark::protocol {

/// Where the metric of a program that knows nothing of us is to be found.
enum class CaptureSource {
    Stdout,
    Stderr,
    Json,   ///< a file that the program leaves
    Csv,    ///< likewise
    Events  ///< what it told itself
};

/// Which of several values counts; of Each, the last one is that of the whole run. Min, Median and Mean are
/// of all of them.
enum class CaptureTake { First, Last, Each, Min, Median, Mean };

/// Of several values, how many there were and how far the largest is from the smallest: metrics beside the
/// one that a statistic gives, `step_n` and `step_spread` of `step`.
inline constexpr std::string_view kCountSuffix = "_n";
inline constexpr std::string_view kSpreadSuffix = "_spread";
bool is_statistic(CaptureTake take);

struct Capture {
    std::string metric{};
    CaptureSource source = CaptureSource::Stdout;
    /// Stdout, Stderr: a regular expression of RE2; Json: a pointer (RFC 6901); Csv: the heading of a column;
    /// Events: the name under which the program tells it
    std::string what{};
    std::string file{};  ///< of Json and Csv, relative to the run's working directory
    CaptureTake take = CaptureTake::Last;
    std::string epoch{};  ///< of Csv: the heading of the epochs' column; empty: the rows are counted
    double factor = 1;    ///< from what the program writes to our unit: 0.01 for percent
    Unit unit = Unit::None;
    bool required = true;  ///< without it the run has failed
};

nlohmann::ordered_json to_json(const Capture& capture);

/// Throws nlohmann::json::exception or std::invalid_argument where it is none.
Capture capture_from_json(const nlohmann::ordered_json& json);

/// Nobody said in which unit the program writes it, and a metric of its name is a share: `accuracy`.
bool is_share_by_name(const Capture& capture);

std::string_view to_text(CaptureSource source);  ///< "stdout", "json" …: the keys of the sweep file

}  // namespace tidemark::protocol
