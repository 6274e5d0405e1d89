#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the harnesses share. Each defines libFuzzer's one function below: by clang's libFuzzer it is called
// with inputs that it makes up, by replay.cpp with those that are kept in corpus/.

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace tidemark::fuzz {

/// A folder of this process's own, in memory where there is /dev/shm; gone at its end.
const std::filesystem::path& scratch();

/// Writes the file anew. Not the project's own write_file, which is written to disk for good.
void write(const std::filesystem::path& file, std::string_view content);

/// The parts of an input that stands for several files: a line `--- NAME ---` begins each. What stands before
/// the first has an empty name.
std::vector<std::pair<std::string, std::string>> parts_of(std::string_view input);

/// Ends the process with the message, as a crash does, where something that must hold does not.
void must(bool holds, std::string_view what);

}  // namespace tidemark::fuzz
