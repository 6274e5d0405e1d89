#pragma once

#include <filesystem>

namespace tidemark::terminal {

/// The database that is meant where the command line names none.
inline constexpr const char* kDatabaseVariable = "TIDEMARK_DB";

/// TIDEMARK_DB; else `results/tidemark.db` in the nearest folder from `begin` upwards that has one or has a
/// `.git`; else in `begin`. Neither what a stranger has put above counts, nor a folder as /tmp and what is
/// above it.
std::filesystem::path default_database(const std::filesystem::path& begin);

/// The same from where one stands.
std::filesystem::path default_database();

}  // namespace tidemark::terminal
