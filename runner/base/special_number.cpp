#include "base/special_number.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <string>

namespace tidemark {

std::optional<double> special_number(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) text.remove_prefix(1);
    std::string small(text);
    std::ranges::transform(small, small.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    using Limits = std::numeric_limits<double>;
    if (small == "nan") return Limits::quiet_NaN();
    if (small == "inf" || small == "infinity" || small == "∞")
        return is_negative ? -Limits::infinity() : Limits::infinity();
    return std::nullopt;
}

}  // namespace tidemark
