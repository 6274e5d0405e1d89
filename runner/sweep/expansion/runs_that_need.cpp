#include "sweep/expansion/runs_that_need.hpp"

#include <numeric>

#include "sql/expression.hpp"
#include "sweep/expansion/row_expression.hpp"

namespace tidemark::sweep {

std::vector<std::vector<std::size_t>> runs_that_need(const std::vector<GivenRequirement>& requirements,
                                                     const std::vector<std::string>& columns,
                                                     const std::vector<RunSpec>& runs, const RowOf& row,
                                                     Problems& problems) {
    sql::ExpressionEngine engine;
    std::vector<std::string> names = columns;
    names.emplace_back("run");
    std::vector<std::vector<std::size_t>> needing(requirements.size());
    for (std::size_t i = 0; i < requirements.size(); ++i) {
        const auto& where = requirements[i].where;
        if (!where) {
            needing[i].resize(runs.size());
            std::iota(needing[i].begin(), needing[i].end(), std::size_t{0});
            continue;
        }
        try {
            RowExpression condition(engine, where->text, names, sql::ExpressionUse::Condition);
            for (std::size_t run = 0; run < runs.size(); ++run) {
                if (condition.holds(row(runs[run]), runs[run].run)) needing[i].push_back(run);
            }
        } catch (const sql::ExpressionError& error) {
            problems.add(where->position, "requires.where", error.what());
        }
    }
    return needing;
}

}  // namespace tidemark::sweep
