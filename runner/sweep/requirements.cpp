// What must be there for some runs to be made at all: a library, a data set, room for swapping.
#include "sweep/requirements.hpp"

#include "sql/expression.hpp"

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

std::vector<std::vector<std::size_t>> runs_that_need(
    const std::vector<GivenRequirement>& requirements, const std::vector<std::string>& columns,
    const std::vector<RunSpec>& runs, const std::function<std::vector<Value>(const RunSpec&)>& row,
    Problems& problems) {
    sql::ExpressionEngine engine;
    std::vector<std::string> names = columns;
    names.emplace_back("run");
    std::vector<std::vector<std::size_t>> needing(requirements.size());
    for (std::size_t i = 0; i < requirements.size(); ++i) {
        const auto& where = requirements[i].where;
        try {
            std::optional<sql::Expression> condition;
            if (where) condition = engine.compile(where->text, names, sql::ExpressionUse::Condition);
            for (std::size_t run = 0; run < runs.size(); ++run) {
                std::vector<Value> values = row(runs[run]);
                values.emplace_back(runs[run].run);
                if (!condition || condition->holds(values)) needing[i].push_back(run);
            }
        } catch (const sql::ExpressionError& error) {
            problems.add(where->position, "requires.where", error.what());
        }
    }
    return needing;
}

}  // namespace tidemark::sweep
