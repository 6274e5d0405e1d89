#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tidemark {

/// JSON, and what programs write for it: NaN, Infinity and -Infinity, as Python's json module does, become
/// the texts "nan", "inf" and "-inf", as events have them; a number that is beyond a double becomes the text
/// that it is written as, so that the rest can be read. Discarded where it is no JSON even so, or nested too
/// deep, of which `problem` is told.
nlohmann::json parse_loose_json(std::string_view text, std::string* problem = nullptr);

}  // namespace tidemark
