#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark {

/// A 128-bit content digest (XXH3). It tells whether two things are the same, and is no defence against
/// forgery.
struct Digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Digest&) const = default;
};

/// 32 hexadecimal digits.
std::string to_text(const Digest& digest);

Digest digest_of(std::string_view text);

/// Of a file's content, read in constant memory; nothing where it cannot be read (`errno` says why). A pipe
/// or a device is not waited for: it cannot be read.
std::optional<Digest> digest_of_file(const std::filesystem::path& file);

}  // namespace tidemark
