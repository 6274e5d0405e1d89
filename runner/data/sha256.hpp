#pragma once

#include <filesystem>
#include <string>

namespace tidemark::data {

/// Of a file's content, as 64 hexadecimal digits. Throws CannotGoOn where it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace tidemark::data
