// What must be there for some runs to be made at all: a library, a data set, room for swapping.
#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

GivenRequirement read_requirement(const Node& node, Problems& problems) {
    GivenRequirement requirement;
    if (!check_members(node, "requires", requirement_keys(), problems)) return requirement;
    if (const Node* command = node.find("command"))
        requirement.command = read_step(*command, "requires.command", problems);
    if (const Node* where = node.find("where")) {
        if (const auto text = read_text(*where, "requires.where", problems))
            requirement.where = GivenExpression{"", *text, where->position};
    }
    if (const Node* reason = node.find("reason"))
        requirement.reason = read_text(*reason, "requires.reason", problems).value_or("");
    return requirement;
}

}  // namespace

std::vector<GivenRequirement> read_requirements(const Node& node, Problems& problems) {
    std::vector<GivenRequirement> requirements;
    for (const Node& item : node.items) requirements.push_back(read_requirement(item, problems));
    return requirements;
}

}  // namespace tidemark::sweep
