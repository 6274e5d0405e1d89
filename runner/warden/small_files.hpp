#pragma once

#include <string>

#include <sys/types.h>

namespace tidemark::warden {

/// The content of a small file such as those of /proc and of cgroups; empty where it cannot be read.
std::string read_small_file(const std::string& path);

/// Writes in one call, as the kernel's files want it. False: errno says why.
bool write_small_file(const std::string& path, const std::string& content);

/// Writes a regular file that readers see whole or not at all. False: errno says why.
bool replace_file(const std::string& path, const std::string& content);

}  // namespace tidemark::warden
