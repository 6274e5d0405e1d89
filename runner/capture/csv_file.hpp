#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "capture/capture.hpp"

namespace tidemark::capture {

/// The numbers of a column of a CSV file (RFC 4180: quoted fields may hold commas, quotes and line ends),
/// whose first record are the headings. A file with a tab and no comma in its first line is separated by
/// tabs. Memory is constant.
void take_from_csv(const protocol::Capture& capture, const Leavings& leavings, Captured& found);

}  // namespace tidemark::capture
