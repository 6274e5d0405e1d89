#pragma once

#include <filesystem>

namespace tidemark::trainer {

/// Unpacks a gzip file into one without a name, beside it or, where that cannot be, in the folder for
/// temporary files: it is gone with its descriptor, which the caller gets. It is read there, not kept in
/// memory. Throws std::runtime_error naming the file where it is damaged, or there is no room.
int unpacked_file(const std::filesystem::path& packed);

}  // namespace tidemark::trainer
