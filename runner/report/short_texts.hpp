#pragma once

#include <string>

#include "report/table.hpp"

namespace tidemark::report {

/// The point in time as people on this machine read it, `2026-11-27 16:35:37`; nothing else is touched.
std::string in_local_time(const std::string& text);

/// The same table as a person types and reads it: times are local, and the ids of runs are their endings, as
/// long as it takes to tell them apart.
Table with_short_texts(Table table);

}  // namespace tidemark::report
