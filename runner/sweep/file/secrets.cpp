// The key `secrets`: what is told to the program alone.
#include <algorithm>

#include <fmt/format.h>

#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kKey = "secrets";

}  // namespace

std::vector<GivenSecret> read_secrets(const Node& node, Problems& problems) {
    std::vector<GivenSecret> secrets;
    if (node.kind != Node::Kind::List) {
        problems.add(node.position, kKey,
                     "must be a list of variables and parameters, such as [HF_TOKEN, api_key]");
        return secrets;
    }
    for (const Node& item : node.items) {
        const auto name = read_text(item, kKey, problems);
        if (!name) continue;
        if (name->empty() || name->find('=') != std::string::npos)
            problems.add(
                item.position, kKey,
                "name a variable or a parameter, and never its value, which would be in the file for all to "
                "read");
        else if (std::ranges::find(secrets, *name, &GivenSecret::name) != secrets.end())
            problems.add(item.position, kKey, fmt::format("'{}' is named twice", *name));
        else
            secrets.push_back({*name, item.position});
    }
    return secrets;
}

}  // namespace tidemark::sweep
