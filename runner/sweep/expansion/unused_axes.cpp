#include "sweep/expansion/unused_axes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sql/sql_tokens.hpp"

namespace tidemark::sweep {
namespace {

/// All expressions of the file and the command line, whatever they are for.
std::vector<std::string> expressions_of(const Definition& definition, const LoadOptions& options) {
    std::vector<std::string> all;
    for (const GivenExpression& derived : definition.derive) all.push_back(derived.text);
    for (const GivenExpression& excluded : definition.exclude) all.push_back(excluded.text);
    for (const GivenRequirement& requirement : definition.requirements)
        if (requirement.where) all.push_back(requirement.where->text);
    for (const CheckDefinition& check : definition.checks) all.push_back(check.where);
    for (const TableDefinition& table : definition.tables) all.push_back(table.sql);
    if (options.only) all.push_back(*options.only);
    return all;
}

bool is_named_in(const std::string& expression, const std::string& name) {
    return std::ranges::any_of(sql::tokenize(expression), [&](const sql::Token& token) {
        return token.kind != sql::TokenKind::Text && sql::equals_ignoring_case(token.text, name);
    });
}

}  // namespace

std::vector<std::string> notes_on_unused_axes(const Definition& definition, const LoadOptions& options) {
    std::vector<std::string> notes;
    if (definition.workload) return notes;
    std::vector<std::string> told;
    const auto add_names = [&](const GivenTemplate& part) {
        told.insert(told.end(), part.text.names().begin(), part.text.names().end());
        if (!part.when.empty()) told.push_back(part.when);
    };
    for_each_template(definition, add_names);
    for_each_template_around(definition, add_names);
    const std::vector<std::string> expressions = expressions_of(definition, options);
    for (const Axis& axis : definition.matrix) {
        for (const AxisName& name : axis.names) {
            const bool is_used = std::ranges::find(told, name.name) != told.end() ||
                                 std::ranges::any_of(expressions, [&](const std::string& expression) {
                                     return is_named_in(expression, name.name);
                                 });
            if (!is_used)
                notes.push_back(
                    fmt::format("neither the command nor an expression uses the axis '{}'; its value "
                                "stands in the file that TIDEMARK_REQUEST names alone",
                                name.name));
        }
    }
    return notes;
}

}  // namespace tidemark::sweep
