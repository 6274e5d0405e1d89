#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tidemark {

/// Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no
/// surrogates).
inline std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    for (std::size_t at = 0; at < text.size();) {
        const unsigned first = byte(at);
        const std::size_t length = first < 0x80         ? 1
                                   : first >> 5 == 0x6  ? 2
                                   : first >> 4 == 0xe  ? 3
                                   : first >> 3 == 0x1e ? 4
                                                        : 0;
        if (length == 0) return at;
        for (std::size_t i = 1; i < length; ++i) {
            if (byte(at + i) >> 6 != 0x2) return at;
        }
        const unsigned second = byte(at + 1);
        const bool overlong = (length == 2 && first < 0xc2) ||
                              (length == 3 && first == 0xe0 && second < 0xa0) ||
                              (length == 4 && first == 0xf0 && second < 0x90);
        const bool beyond = (length == 3 && first == 0xed && second > 0x9f) ||
                            (length == 4 && (first > 0xf4 || (first == 0xf4 && second > 0x8f)));
        if (overlong || beyond) return at;
        at += length;
    }
    return std::nullopt;
}

}  // namespace tidemark
