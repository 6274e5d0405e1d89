#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

#include "protocol/request.hpp"

namespace tidemark::run {

/// Read by the library that is preloaded into a run with a varied heap layout (`preloaded/heap_offset.cpp`).
inline constexpr const char* kHeapOffsetVariable = "TIDEMARK_HEAP_OFFSET";

/// Its file, beside the warden.
inline constexpr const char* kHeapOffsetLibrary = "libtidemark-heap-offset.so";

/// Bytes that a program's heap begins with in this repeat, a multiple of malloc's alignment (16): none in the
/// first, which is the program as it is; in the others spread over 64 KiB, which stays below the 128 KiB from
/// which glibc's malloc takes a block from elsewhere, mallopt(3). The same for the same repeat of every run,
/// so that repeats which are held against each other are alike in it.
std::size_t heap_offset(int repeat);

/// Adds to the environment of a run what varies its heap layout; nothing where it is the same in all repeats.
/// `callers_preload` is LD_PRELOAD of the caller, which the run would inherit. Throws CannotGoOn where
/// `library` is missing, or its path holds what separates the names in LD_PRELOAD.
void vary_heap_layout(const protocol::Request& request, const std::filesystem::path& library,
                      const char* callers_preload, std::map<std::string, std::string>& environment);

}  // namespace tidemark::run
