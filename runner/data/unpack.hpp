#pragma once

#include <filesystem>

namespace tidemark::data {

/// Unpacks a .tar.gz, or a .gz with a single file, into a folder that is there. `name` is the archive's own,
/// which its path may differ from. Only files and folders that stay below `into` are made; anything else is
/// refused. Throws CannotGoOn naming the archive.
void unpack(const std::filesystem::path& archive, const std::string& name, const std::filesystem::path& into);

}  // namespace tidemark::data
