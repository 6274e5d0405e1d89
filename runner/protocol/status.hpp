#pragma once

#include <optional>
#include <string_view>

namespace tidemark::protocol {

/// How an attempt ended: the column `status` of the results. NotRun is that of a repeat that a sweep file
/// asks for and that was never made as the file and the program are now.
enum class Status { Ok, Oom, Timeout, Cancelled, Crashed, Failed, NotRun };

/// `ok`, `oom`, …, `not run`: as the database and every table have it.
std::string_view to_text(Status status);

/// Nothing where the text is no status.
std::optional<Status> status_from_text(std::string_view text);

}  // namespace tidemark::protocol
