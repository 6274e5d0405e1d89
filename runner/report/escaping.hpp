#pragma once

#include <string>
#include <string_view>

namespace tidemark::report {

/// Text that Markdown takes as it is: nothing in it can end a cell or begin a tag, a link or an emphasis. An
/// underscore within a word begins none, and `batch_size` shall stay readable.
std::string markdown_escaped(std::string_view text);

/// A field of a CSV line: quoted where RFC 4180 says so.
std::string csv_field(const std::string& text);

}  // namespace tidemark::report
