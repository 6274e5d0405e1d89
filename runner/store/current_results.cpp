#include "store/current_results.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/baselines.hpp"

namespace tidemark::store {
namespace {

std::vector<std::string> columns_of_results(sql::Connection& connection) {
    std::vector<std::string> names;
    sql::Statement columns = connection.prepare("SELECT name FROM pragma_table_info('results', 'main')");
    while (columns.step()) names.push_back(columns.text(0));
    return names;
}

void fill_plan(sql::Connection& connection, const PlannedSweep& sweep) {
    std::string columns = "sweep, run, cell, key, repeat";
    for (const std::string& name : sweep.parameters) columns += ", " + sql::quoted_name(name);
    connection.execute(fmt::format("CREATE TABLE temp.tidemark_plan({})", columns));
    std::string marks = "?, ?, ?, ?, ?";
    for (std::size_t i = 0; i < sweep.parameters.size(); ++i) marks += ", ?";
    sql::Statement insert =
        connection.prepare(fmt::format("INSERT INTO temp.tidemark_plan VALUES({})", marks));
    for (const PlannedResult& run : sweep.runs) {
        for (int repeat = 1; repeat <= sweep.repeats; ++repeat) {
            insert.bind_all(std::string_view(sweep.name), std::string_view(run.run),
                            std::string_view(run.cell), std::string_view(run.key), repeat);
            int parameter = insert.parameter_count() - static_cast<int>(run.parameters.size());
            for (const Value& value : run.parameters) insert.bind(parameter++, value);
            insert.run();
        }
    }
}

/// What was measured, under the names that the runs have now.
std::string results_view(const std::vector<std::string>& columns) {
    std::string selected;
    for (const std::string& name : columns) {
        selected += (selected.empty() ? "" : ", ") + std::string(name == "run" ? "p." : "r.") +
                    sql::quoted_name(name);
    }
    return fmt::format(
        "CREATE TEMP VIEW results AS SELECT {} FROM temp.tidemark_plan p JOIN main.results r "
        "ON r.sweep = p.sweep AND r.cell = p.cell AND r.repeat = p.repeat AND r.key = p.key",
        selected);
}

/// All that `results` would say of the planned repeats that are not there: nulls but for what is planned.
std::string gaps_view(const std::vector<std::string>& columns, const PlannedSweep& sweep) {
    std::vector<std::string> planned{"sweep", "run", "cell", "key", "repeat"};
    planned.insert(planned.end(), sweep.parameters.begin(), sweep.parameters.end());
    std::string selected;
    const auto add = [&](const std::string& text) { selected += (selected.empty() ? "" : ", ") + text; };
    for (const std::string& name : planned) add("p." + sql::quoted_name(name));
    for (const std::string& name : columns) {
        if (std::ranges::find(planned, name) == planned.end()) add("NULL AS " + sql::quoted_name(name));
    }
    return fmt::format(
        "CREATE TEMP VIEW tidemark_gaps AS SELECT {} FROM temp.tidemark_plan p WHERE NOT EXISTS("
        "SELECT 1 FROM main.runs r WHERE r.sweep = p.sweep AND r.cell = p.cell AND r.repeat = p.repeat AND "
        "r.latest = 1 AND r.key = p.key)",
        selected);
}

}  // namespace

CurrentResults::CurrentResults(sql::Connection& connection, const PlannedSweep& sweep)
    : connection_(connection) {
    connection_.execute("PRAGMA temp_store = MEMORY");
    const std::vector<std::string> columns = columns_of_results(connection_);
    fill_plan(connection_, sweep);
    connection_.execute(results_view(columns));
    connection_.execute(gaps_view(columns, sweep));
}

CurrentResults::~CurrentResults() {
    try {
        connection_.execute(
            "DROP VIEW temp.tidemark_gaps; DROP VIEW temp.results; DROP TABLE temp.tidemark_plan");
    } catch (const sql::SqlError&) {
        // they end with the connection at the latest
    }
}

bool CurrentResults::any() const {
    return connection_.value_of("SELECT EXISTS(SELECT 1 FROM temp.results)") == Value(std::int64_t{1});
}

std::vector<std::string> CurrentResults::columns() const {
    return columns_of_results(connection_);
}

bool CurrentResults::has_column(const std::string& name) const {
    const std::vector<std::string> names = columns();
    return std::ranges::find(names, name) != names.end();
}

std::vector<CurrentResults::Row> CurrentResults::rows(const std::string& where, const std::string& expression,
                                                      const std::string& column) {
    // on a line of its own, so that a comment at its end takes nothing else with it
    sql::Statement rows = connection_.prepare(fmt::format(
        "SELECT run_id, run, repeat, status, reason, {},"
        " (SELECT m.reason FROM main.missing m WHERE m.run_id = results.run_id AND m.\"column\" = ?),"
        " {} FROM results WHERE ({}\n)",
        expression, machine_expression("results.run_id"), where));
    rows.bind_all(std::string_view(column));
    std::vector<Row> out;
    while (rows.step()) {
        out.push_back({rows.text(0), rows.text(1), static_cast<int>(rows.integer(2)), rows.text(3),
                       rows.text(4), rows.is_null(5) ? std::nullopt : std::optional(rows.real(5)),
                       rows.text(6), rows.text(7)});
    }
    return out;
}

std::vector<CurrentResults::Gap> CurrentResults::gaps(const std::string& where) {
    sql::Statement rows = connection_.prepare(fmt::format(
        "WITH results AS (SELECT * FROM temp.tidemark_gaps) SELECT run, repeat FROM results WHERE ({}\n)",
        where));
    std::vector<Gap> out;
    while (rows.step()) out.push_back({rows.text(0), static_cast<int>(rows.integer(1))});
    return out;
}

}  // namespace tidemark::store
