#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark::sweep {

/// A number as people write it, exactly: 0.1 + 0.2 is 0.3. Its value is `digits` / 10^`places`.
struct Decimal {
    std::int64_t digits = 0;
    int places = 0;
    bool is_integer = true;  ///< written without a point and without an exponent
};

/// `0.25`, `-3`, `1e-4`; nothing of anything else, and of what has more digits than 64 bits hold.
std::optional<Decimal> parse_decimal(std::string_view text);

/// `digits` of the number with so many places; nothing where it does not fit. There must be no fewer than its
/// own.
std::optional<std::int64_t> digits_with(const Decimal& number, int places);

/// The shortest text; with `as_real` it holds a point in any case.
std::string to_text(const Decimal& number, bool as_real);

}  // namespace tidemark::sweep
