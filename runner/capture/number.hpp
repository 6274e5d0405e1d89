#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tidemark::capture {

/// A number as programs print it: `12`, `-0.5`, `1e-3`, `+7`, `nan`, `inf`; blanks around it do not matter.
/// Nothing where the text is not one as a whole.
std::optional<double> number_from(std::string_view text);

std::optional<std::int64_t> integer_from(std::string_view text);

}  // namespace tidemark::capture
