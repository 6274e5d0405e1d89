#pragma once

#include <string_view>

namespace tidemark::protocol {

/// How a number is to be read and shown. The names, `per second` and the like, stand in sweep files, in
/// descriptions of workloads and in the column `unit` of a report's CSV.
enum class Unit { None, Bytes, Seconds, Fraction, PerSecond, BytesPerSecond, Count };

std::string_view to_text(Unit unit);

/// Throws std::invalid_argument where it is no unit's name.
Unit unit_from_text(std::string_view text);

}  // namespace tidemark::protocol
