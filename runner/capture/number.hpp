#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/capture.hpp"

namespace tidemark::capture {

/// A number as programs print it: `12`, `-0.5`, `1e-3`, `+7`, `nan`, `inf`; blanks around it do not matter.
/// Nothing where the text is not one as a whole.
std::optional<double> number_from(std::string_view text);

/// What a program wrote as the value of a capture.
struct Written {
    std::optional<double> number{};  ///< in the unit of the capture
    std::string_view problem{};      ///< where there is none: what is wrong with it
};

/// A number, or one of percent with its sign, `97.5 %`, where the metric is a share.
Written written_value(const protocol::Capture& capture, std::string_view text);

std::optional<std::int64_t> integer_from(std::string_view text);

}  // namespace tidemark::capture
