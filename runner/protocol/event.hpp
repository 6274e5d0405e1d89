#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/units.hpp"
#include "base/value.hpp"

namespace tidemark::protocol {

/// A figure; with `epoch` a point of a series, without it a figure of the whole run.
struct Metric {
    std::string name;
    double value = 0;
    std::optional<std::int64_t> epoch;
};

/// Where the run is, for the live display.
struct Progress {
    std::int64_t step = 0;   ///< within the epoch, from 1
    std::int64_t total = 0;  ///< steps of the epoch
    std::optional<std::int64_t> epoch;
    std::optional<std::int64_t> epochs;
    std::optional<double> loss;
};

/// From here on the run is in the named phase, until the next one.
struct Phase {
    std::string name;
};

/// A fact about the run. Numbers become columns of `results` as metrics do, texts are provenance.
struct Info {
    std::string name;
    Value value;
};

struct Event {
    std::optional<Seconds> t;  ///< CLOCK_MONOTONIC
    std::variant<Metric, Progress, Phase, Info> what;
};

/// One line of the event file, without its line end. Non-finite numbers are written as "nan", "inf" and
/// "-inf".
std::string to_line(const Event& event);

/// Nothing where the line is not an event of the contract (`problem`, if given, says why). Unknown keys are
/// allowed. An epoch that is no whole number is left out, and `problem` says so of the event that there is.
std::optional<Event> parse_event(std::string_view line, std::string* problem = nullptr);

/// A name that may become a column: `[a-z_][a-z0-9_]*`, at most 64 characters.
bool is_valid_name(std::string_view name);

}  // namespace tidemark::protocol
