#pragma once

#include <filesystem>
#include <string>

#include "data/known_sets.hpp"

namespace tidemark::data {

enum class State { Absent, Incomplete, Complete };

/// What of a set lies in a data folder.
struct Presence {
    State state = State::Absent;
    std::string problem;  ///< of an incomplete one: "test.bin is missing"
};

/// Looks at names and sizes only; what is in the files was verified when they were fetched.
Presence look(const KnownSet& set, const std::filesystem::path& data_folder);

/// Where what is on its way is kept: downloads that broke off, and archives being unpacked.
std::filesystem::path staging_folder(const KnownSet& set, const std::filesystem::path& data_folder);

/// What there is of a file that is on its way.
std::filesystem::path partial_file_of(const RemoteFile& file, const std::filesystem::path& staging_folder);

/// Bytes of the set that were downloaded by a fetch that did not come to its end.
std::int64_t downloaded(const KnownSet& set, const std::filesystem::path& data_folder);

}  // namespace tidemark::data
