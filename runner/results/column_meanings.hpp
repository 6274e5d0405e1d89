#pragma once

#include <span>
#include <string_view>

namespace tidemark::results {

/// What a fixed column of `results` has, and how that is known.
struct ColumnMeaning {
    std::string_view name;
    std::string_view type;  ///< of SQL
    std::string_view meaning;
};

/// A row for each fixed column, in the order of the view.
std::span<const ColumnMeaning> column_meanings();

}  // namespace tidemark::results
