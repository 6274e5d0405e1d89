#pragma once

#include <string>
#include <string_view>

#include "protocol/description.hpp"

namespace tidemark::cli {

/// A single figure for a line of progress, where no column heading names its unit: `45.1 %`, `1.20 GiB`, `210
/// /s`.
std::string figure_text(double value, protocol::Unit unit);

/// All digits of a number without a unit, a whole one without a decimal point: `13957074`, `0.5`.
std::string exact_text(double value);

/// The same with its name: `accuracy 45.1 %`, `210 images/s`.
std::string named_figure(std::string_view name, double value, protocol::Unit unit);

/// What a column's name says of its unit: `_bytes`, `_s`, `_per_s`; `accuracy` is a fraction.
protocol::Unit unit_of_column(std::string_view name);

/// A column's name as a heading: `peak_rss_bytes` → `peak rss`, `images_per_s` → `images`; the table adds the
/// unit.
std::string heading_of(std::string_view name, protocol::Unit unit);

}  // namespace tidemark::cli
