#pragma once

#include <string>
#include <string_view>

#include "base/interval.hpp"
#include "protocol/result_columns.hpp"

namespace tidemark::tables {

/// A single figure for a line of progress, where no column heading names its unit: `45.1 %`, `1.20 GiB`, `210
/// /s`.
std::string figure_text(double value, protocol::Unit unit);

/// Where a figure may lie: `73.0–277 MiB`, `≥ 73.0 MiB` where nothing bounds it from above.
std::string doubt_text(const Interval& doubt, protocol::Unit unit);

/// All digits of a number without a unit, a whole one without a decimal point: `13957074`, `0.5`.
std::string exact_text(double value);

/// The same with its name: `accuracy 45.1 %`, `210 images/s`.
std::string named_figure(std::string_view name, double value, protocol::Unit unit);

}  // namespace tidemark::tables
