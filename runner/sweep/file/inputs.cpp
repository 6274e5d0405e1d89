// The key `inputs`: what beside its program a run is made by.
#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kKey = "inputs";

}  // namespace

std::vector<GivenTemplate> read_inputs(const Node& node, Problems& problems) {
    std::vector<GivenTemplate> inputs;
    for (const Node& item : node.items) {
        auto text = read_template(item, kKey, problems);
        if (!text) continue;
        if (item.text.empty())
            problems.add(item.position, kKey, "must not be empty; name a file, a folder or a pattern");
        else
            inputs.push_back(std::move(*text));
    }
    return inputs;
}

}  // namespace tidemark::sweep
