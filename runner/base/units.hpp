#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark {

/// An amount of memory or storage.
struct Bytes {
    std::int64_t value = 0;
    auto operator<=>(const Bytes&) const = default;
};

/// A span of time, or a point on CLOCK_MONOTONIC.
struct Seconds {
    double value = 0;
    auto operator<=>(const Seconds&) const = default;
};

inline constexpr std::int64_t kKibibyte = 1024;
inline constexpr std::int64_t kMebibyte = 1024 * kKibibyte;
inline constexpr std::int64_t kGibibyte = 1024 * kMebibyte;

/// A quantity with its unit as written in a sweep file; on failure `problem` says what is wrong and how to
/// write it.
template <typename Quantity>
struct ParsedQuantity {
    std::optional<Quantity> quantity;
    std::string problem;
};

/// `512 MiB`, `1 GB`, `1.5 GiB`, `4096 B`; a bare number is bytes. Negative and fractional byte counts are
/// refused. Unit names are case sensitive, because `Gb` is read as gigabits by some and gigabytes by others.
ParsedQuantity<Bytes> parse_bytes(std::string_view text);

/// `90 s`, `1.5 min`, `2 h`, `250 ms`; a bare number is seconds. Negative spans are refused.
ParsedQuantity<Seconds> parse_seconds(std::string_view text);

/// `3 %`, `0.03`; the result is a fraction. A bare number above 1 is refused with the percentage that was
/// probably meant.
ParsedQuantity<double> parse_share(std::string_view text);

/// For messages: `1.50 GiB`, `220 MiB`, `512 B` (three significant digits, binary units).
std::string to_text(Bytes amount);

/// For messages: `350 ms`, `12.5 s`, `4 min 05 s`, `2 h 10 min`.
std::string to_text(Seconds span);

}  // namespace tidemark
