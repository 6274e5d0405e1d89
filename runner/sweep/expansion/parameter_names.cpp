#include "sweep/expansion/parameter_names.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

#include <fmt/format.h>

#include "sql/sql_tokens.hpp"
#include "sweep/own_placeholders.hpp"

namespace tidemark::sweep {
namespace {

/// SweepParameters by their names, each name once.
struct ColumnList {
    void add(const std::string& name) {
        if (!index.try_emplace(name, all.size()).second) return;
        SweepParameter column;
        column.name = name;
        all.push_back(std::move(column));
    }
    SweepParameter& called(const std::string& name) { return all[index.at(name)]; }

    std::vector<SweepParameter> all;
    std::map<std::string, std::size_t, std::less<>> index;
};

/// Calls `use` with each name that the file or --set gives, and its place.
template <typename Use>
void for_each_name(const Definition& definition, Use use) {
    const auto use_all = [&](const std::vector<GivenParameter>& parameters) {
        for (const GivenParameter& parameter : parameters) use(parameter.name, parameter.position);
    };
    for (const Axis& axis : definition.matrix) {
        for (const AxisName& name : axis.names) use(name.name, name.position);
    }
    for (const GivenAddition& addition : definition.additions) use_all(addition.parameters);
    for (const NamedRun& variant : definition.each) use_all(variant.parameters);
    for (const GivenExpression& derived : definition.derive) use(derived.name, derived.position);
    for (const NamedRun& run : definition.runs) use_all(run.parameters);
}

bool names(const std::string& expression, std::string_view name) {
    return std::ranges::any_of(sql::tokenize(expression), [&](const sql::Token& token) {
        return (token.kind == sql::TokenKind::Name || token.kind == sql::TokenKind::QuotedName) &&
               token.text == name;
    });
}

/// What is derived from the number of the repeat, or from what is.
void find_by_repeat(const Definition& definition, std::vector<SweepParameter>& columns) {
    for (bool found = true; found;) {
        found = false;
        for (const GivenExpression& derived : definition.derive) {
            SweepParameter& own = *std::ranges::find(columns, derived.name, &SweepParameter::name);
            const bool is_so = names(derived.text, kRepeatPlaceholder) ||
                               std::ranges::any_of(columns, [&](const SweepParameter& other) {
                                   return other.by_repeat && names(derived.text, other.name);
                               });
            found = found || (is_so && !own.by_repeat);
            own.by_repeat = is_so;
        }
    }
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
}

}  // namespace

void refuse_names_alike(const Definition& definition, const std::vector<SweepParameter>& columns,
                        Problems& problems) {
    std::map<std::string, std::string> seen;
    for (const SweepParameter& column : columns) {
        const auto [first, is_new] = seen.emplace(lower(column.name), column.name);
        if (is_new) continue;
        std::map<std::string, Position> places;
        for_each_name(definition,
                      [&](const std::string& name, Position position) { places.emplace(name, position); });
        for (const GivenParameter& parameter : definition.parameters)
            places.emplace(parameter.name, parameter.position);
        problems.add(
            places[column.name], column.name,
            fmt::format("'{}' and '{}' differ in capitals alone, and are one name to SQL; rename one",
                        first->second, column.name));
    }
}

std::vector<SweepParameter> collect_columns(const Definition& definition,
                                            const WorkloadCandidates& candidates) {
    ColumnList columns;
    std::multimap<Position, std::string> in_file_order;
    std::vector<std::string> from_options;
    std::vector<std::string> varying;
    for (const GivenParameter& parameter : definition.parameters) {
        if (parameter.position.line == 0)
            from_options.push_back(parameter.name);
        else
            in_file_order.emplace(parameter.position, parameter.name);
    }
    for_each_name(definition, [&](const std::string& name, Position position) {
        in_file_order.emplace(position, name);
        varying.push_back(name);
    });
    for (const auto& [position, name] : in_file_order) columns.add(name);
    for (const std::string& name : from_options) columns.add(name);
    for (const auto* workload : candidates.all) {
        for (const auto& parameter : workload->parameters) columns.add(parameter.name);
    }
    for (const std::string& name : varying) columns.called(name).varies = true;
    for (SweepParameter& column : columns.all)
        column.chooses_workload = candidates.are_chosen_by(column.name);
    find_by_repeat(definition, columns.all);
    return std::move(columns.all);
}

}  // namespace tidemark::sweep
