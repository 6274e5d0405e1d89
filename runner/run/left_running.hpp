#pragma once

#include <filesystem>
#include <string>

namespace tidemark::run {

/// What a step around the program left running when it had ended, and what became of it; empty where it left
/// nothing.
std::string left_running(const std::filesystem::path& directory);

}  // namespace tidemark::run
