#pragma once

#include <filesystem>

#include <system_error>

namespace tidemark {

/// Calls `use` with each entry of a folder, in no order. Tells why the folder could not be read to its end,
/// or at all; std::filesystem's own loop over a folder would throw there, and not say which folder it was.
template <typename Use>
std::error_code for_each_entry(const std::filesystem::path& folder, Use use) {
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error))
        use(*entry);
    return error;
}

}  // namespace tidemark
