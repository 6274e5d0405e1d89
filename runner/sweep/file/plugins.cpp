// Shared libraries with models of the user's own.
#include <fmt/format.h>

#include "sweep/file/definition.hpp"

namespace tidemark::sweep {

std::vector<std::filesystem::path> read_plugins(const Node& node, const std::filesystem::path& folder,
                                                Problems& problems) {
    std::vector<std::filesystem::path> plugins;
    for (const Node& item : node.items) {
        const auto text = read_text(item, "plugins", problems);
        if (!text) continue;
        const std::filesystem::path file = (folder / *text).lexically_normal();
        std::error_code error;
        if (!std::filesystem::is_regular_file(file, error))
            problems.add(item.position, "plugins",
                         fmt::format("there is no library {}; build it first, or correct the path", *text));
        plugins.push_back(file);
    }
    return plugins;
}

}  // namespace tidemark::sweep
