#pragma once

#include <string>
#include <vector>

namespace tidemark::trainer {

/// A library that can stand behind malloc.
struct Allocator {
    std::string name;
    std::string library;  ///< what LD_PRELOAD needs; empty for the C library's own
    std::string package;  ///< of Debian, that has it
    std::string symbol;   ///< a function that only this one has
};

/// All that `allocator` can be, the default first.
const std::vector<Allocator>& allocators();

/// The name of the one that is in use.
std::string allocator_in_use();

/// Makes sure that `name` stands behind malloc: starts the program anew with it preloaded, where it does not
/// yet. Throws std::runtime_error naming the package where the library cannot be loaded.
void use_allocator(const std::string& name, char** argv);

/// Lets the allocator in use give what it holds of freed memory back to the system.
void release_freed_memory();

}  // namespace tidemark::trainer
