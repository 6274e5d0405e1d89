#pragma once

#include <string>
#include <string_view>

namespace tidemark::report {

/// The text as content or attribute value of HTML and XML.
std::string escaped_for_markup(std::string_view text);

}  // namespace tidemark::report
