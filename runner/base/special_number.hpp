#pragma once

#include <optional>
#include <string_view>

namespace tidemark {

/// What programs write for what is no finite number: `nan`, `inf`, `infinity` and `∞`, in any case and with a
/// sign or none. Nothing for any other text.
std::optional<double> special_number(std::string_view text);

}  // namespace tidemark
