#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark {

/// The whole file; nothing where it cannot be read (`errno` says why). Meant for small files.
std::optional<std::string> read_file(const std::filesystem::path& file);

/// Writes the content; throws CannotGoOn with the path and the reason (a full disk, a missing folder).
void write_file(const std::filesystem::path& file, std::string_view content);

/// The end of a regular file that may be large; empty where it is none: at most `limit` bytes, cut at the
/// start of a line where there is one.
std::string read_tail(const std::filesystem::path& file, std::size_t limit);

}  // namespace tidemark
