#include "sweep/expansion/runs_that_need.hpp"

#include <numeric>

#include "sql/expression.hpp"
#include "sweep/expansion/row_expression.hpp"

namespace tidemark::sweep {

std::vector<std::size_t> runs_that_hold(const std::optional<GivenExpression>& where, const std::string& key,
                                        const std::vector<std::string>& columns,
                                        const std::vector<RunSpec>& runs, const RowOf& row,
                                        Problems& problems) {
    std::vector<std::size_t> holding;
    if (!where) {
        holding.resize(runs.size());
        std::iota(holding.begin(), holding.end(), std::size_t{0});
        return holding;
    }
    sql::ExpressionEngine engine;
    std::vector<std::string> names = columns;
    names.emplace_back("run");
    try {
        RowExpression condition(engine, where->text, names, sql::ExpressionUse::Condition);
        for (std::size_t run = 0; run < runs.size(); ++run) {
            if (condition.holds(row(runs[run]), runs[run].run)) holding.push_back(run);
        }
    } catch (const sql::ExpressionError& error) {
        problems.add(where->position, key, error.what());
    }
    return holding;
}

std::vector<std::vector<std::size_t>> runs_that_need(const std::vector<GivenRequirement>& requirements,
                                                     const std::vector<std::string>& columns,
                                                     const std::vector<RunSpec>& runs, const RowOf& row,
                                                     Problems& problems) {
    std::vector<std::vector<std::size_t>> needing;
    for (const GivenRequirement& requirement : requirements)
        needing.push_back(runs_that_hold(requirement.where, "requires.where", columns, runs, row, problems));
    return needing;
}

}  // namespace tidemark::sweep
