#pragma once

#include <ostream>

#include "report/table.hpp"

namespace tidemark::report {

/// A table as a picture: for each row a bar of each column that has figures in the unit of the first one that
/// has, named by the first column of text. For a page of text: 720 units wide, as high as it needs, readable
/// on a light and on a dark ground.
void render_svg(const Table& table, std::ostream& out);

}  // namespace tidemark::report
