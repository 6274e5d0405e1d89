#pragma once

#include <cstddef>
#include <ostream>

#include "report/document.hpp"
#include "report/table.hpp"

namespace tidemark::report {

/// The terminal that a table is for.
struct Screen {
    std::size_t width = 80;  ///< columns
    bool colours = false;
};

/// A table that fits the screen: what is the same in all rows is told once above it, headings and texts wrap,
/// and where that is not enough each row becomes a block of lines. Figures have three significant digits,
/// times are local, ids are cut to what tells them apart. All text in it is safe to print.
void render_fitted(const Table& table, const Screen& screen, std::ostream& out);

/// A whole report so, without its charts.
void render_fitted(const Document& document, const Screen& screen, std::ostream& out);

}  // namespace tidemark::report
