// What must be there for some runs to be made at all: a library, a data set, room for swapping.
#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

GivenRequirement read_requirement(const Node& node, Problems& problems) {
    GivenRequirement requirement;
    if (!check_members(node, "requires", {"command", "where", "reason"}, problems)) return requirement;
    if (const Node* command = node.find("command"))
        requirement.command = read_step(*command, "requires.command", problems);
    else
        problems.add(node.position, "requires.command",
                     "missing; name a program that ends with 0 where all is there, such as [python3, -c, "
                     "import torch]");
    if (const Node* where = node.find("where")) {
        if (const auto text = read_text(*where, "requires.where", problems))
            requirement.where = GivenExpression{"", *text, where->position};
    }
    if (const Node* reason = node.find("reason"))
        requirement.reason = read_text(*reason, "requires.reason", problems).value_or("");
    else
        problems.add(node.position, "requires.reason",
                     "missing; say what is not there then, and how to get it");
    return requirement;
}

}  // namespace

std::vector<GivenRequirement> read_requirements(const Node& node, Problems& problems) {
    std::vector<GivenRequirement> requirements;
    if (node.kind != Node::Kind::List) {
        problems.add(node.position, "requires",
                     "must be a list, such as [{command: [python3, -c, import torch], reason: PyTorch is not "
                     "installed}]");
        return requirements;
    }
    for (const Node& item : node.items) requirements.push_back(read_requirement(item, problems));
    return requirements;
}

}  // namespace tidemark::sweep
