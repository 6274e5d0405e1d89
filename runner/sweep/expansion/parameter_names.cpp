#include "sweep/expansion/parameter_names.hpp"

#include <map>
#include <string>

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

}  // namespace

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
    for (const Axis& axis : definition.matrix) {
        in_file_order.emplace(axis.position, axis.name);
        varying.push_back(axis.name);
    }
    for (const GivenExpression& derived : definition.derive) {
        in_file_order.emplace(derived.position, derived.name);
        varying.push_back(derived.name);
    }
    for (const NamedRun& run : definition.runs) {
        for (const GivenParameter& parameter : run.parameters) {
            in_file_order.emplace(parameter.position, parameter.name);
            varying.push_back(parameter.name);
        }
    }
    for (const auto& [position, name] : in_file_order) columns.add(name);
    for (const std::string& name : from_options) columns.add(name);
    for (const auto* workload : candidates.all) {
        for (const auto& parameter : workload->parameters) columns.add(parameter.name);
    }
    for (const std::string& name : varying) columns.called(name).varies = true;
    for (SweepParameter& column : columns.all)
        column.chooses_workload = candidates.are_chosen_by(column.name);
    return std::move(columns.all);
}

}  // namespace tidemark::sweep
