#pragma once

#include <filesystem>

#include "sweep/file/problems.hpp"
#include "sweep/file/yaml_document.hpp"

namespace tidemark::sweep {

/// The sweep file as one tree, with all that it includes: `include: base.yaml`, or a list of files, of which
/// a later one counts more, and the including file most. Each place says which file it is in.
///
/// A key replaces the same key of an included file. Where both are maps their members are taken together, and
/// a member replaces one of its name. Lists are replaced as a whole.
Node read_with_includes(const std::filesystem::path& file, Problems& problems);

}  // namespace tidemark::sweep
