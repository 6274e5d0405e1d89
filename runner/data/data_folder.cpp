#include "data/data_folder.hpp"

#include <fmt/format.h>

namespace tidemark::data {

namespace fs = std::filesystem;

Presence look(const KnownSet& set, const fs::path& data_folder) {
    std::error_code error;
    const fs::path folder = data_folder / set.folder;
    if (!fs::exists(folder, error)) return {};
    for (const LocalFile& file : set.files) {
        const auto size = fs::file_size(folder / file.name, error);
        if (error) return {State::Incomplete, fmt::format("{} is missing", file.name)};
        if (size != static_cast<std::uintmax_t>(file.size)) {
            return {State::Incomplete, fmt::format("{} has {} bytes, not {}", file.name, size, file.size)};
        }
    }
    return {State::Complete, {}};
}

fs::path staging_folder(const KnownSet& set, const fs::path& data_folder) {
    return data_folder / ".downloads" / set.name;
}

fs::path partial_file_of(const RemoteFile& file, const fs::path& staging_folder) {
    return staging_folder / (file.name() + ".part");
}

std::int64_t downloaded(const KnownSet& set, const fs::path& data_folder) {
    std::int64_t sum = 0;
    for (const RemoteFile& file : set.remote) {
        std::error_code error;
        const auto size = fs::file_size(partial_file_of(file, staging_folder(set, data_folder)), error);
        if (!error) sum += static_cast<std::int64_t>(size);
    }
    return sum;
}

}  // namespace tidemark::data
