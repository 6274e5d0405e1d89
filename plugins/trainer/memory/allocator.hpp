#pragma once

#include <map>
#include <string>
#include <vector>

namespace tidemark::trainer {

/// What can stand behind malloc: a library, or the C library's own with a setting.
struct Allocator {
    std::string name;
    std::string library;  ///< what LD_PRELOAD needs; empty for the C library's own
    std::string package;  ///< of Debian, that has it
    std::string symbol;   ///< a function that only this one has
    std::map<std::string, std::string> setting = {};  ///< of glibc, by environment variables

    /// All that a process needs in its environment to have it.
    std::map<std::string, std::string> environment() const;
};

/// All that `allocator` can be, the default first.
const std::vector<Allocator>& allocators();

/// The name of the one that is in use.
std::string allocator_in_use();

/// Makes sure that `name` stands behind malloc: starts the program anew with what it needs in its
/// environment, where it does not yet. Throws std::runtime_error naming the package where the library cannot
/// be loaded.
void use_allocator(const std::string& name, char** argv);

/// Lets the allocator in use give what it holds of freed memory back to the system.
void release_freed_memory();

}  // namespace tidemark::trainer
