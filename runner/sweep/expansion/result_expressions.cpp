#include "sweep/expansion/result_expressions.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggestion.hpp"
#include "protocol/database_schema.hpp"
#include "protocol/result_columns.hpp"
#include "protocol/told_view.hpp"
#include "sql/connection.hpp"
#include "sql/expression.hpp"
#include "sql/median.hpp"

namespace tidemark::sweep {
namespace {

class Checker {
  public:
    Checker(const Definition& definition, const SweepParameters& columns, const WorkloadCatalogue& workloads,
            Problems& problems)
        : definition_(definition),
          columns_(columns),
          problems_(problems),
          database_(sql::Connection::in_memory()) {
        std::vector<std::string> metrics;
        if (definition.workload) {
            for (const std::string_view workload : workloads.names()) {
                for (const auto& metric : workloads.find(workload)->metrics) metrics.push_back(metric.name);
            }
        }
        for (const GivenCapture& given : definition.capture) {
            for (const auto& metric : metrics_of(given.capture)) metrics.push_back(metric.name);
        }
        // what any program may report is unknown only where it is misspelt
        for (const protocol::KnownMetric& metric : protocol::kKnownMetrics) metrics.emplace_back(metric.name);
        known_ = protocol::all_result_columns(columns.names(), metrics);
        sql::register_median(database_);
        create_tables();
    }

    void check() {
        for (std::size_t i = 0; i < definition_.checks.size(); ++i) {
            const CheckDefinition& check = definition_.checks[i];
            const std::string key = fmt::format("checks[{}]", i);
            if (!check.where.empty()) check_where(check, key + ".where");
            if (!check.metric.empty() && is_unknown(check.column)) {
                problems_.add(check.position, key + ".metric",
                              fmt::format("unknown metric '{}'{}", check.metric, suggestion(check.metric)));
            }
        }
        if (definition_.goal) check_goal_figures(*definition_.goal);
        check_repeats(definition_.repeat, "repeat");
        for (const NamedRun& run : definition_.runs) {
            if (run.repeat) check_repeats(*run.repeat, fmt::format("runs.{}.repeat", run.name));
        }
        for (std::size_t i = 0; i < definition_.tables.size(); ++i) {
            const TableDefinition& table = definition_.tables[i];
            if (!table.sql.empty()) check_table(table, fmt::format("tables[{}]", i));
        }
    }

  private:
    void check_repeats(const Repeats& repeats, const std::string& key) {
        if (!repeats.until) return;
        const std::string& metric = repeats.until->metric;
        if (columns_.find(metric))
            problems_.add(
                repeats.until->position, key + ".metric",
                fmt::format("'{}' is a parameter; name a figure, such as wall or peak_rss", metric));
        else if (is_unknown(repeats.until->column))
            problems_.add(repeats.until->position, key + ".metric",
                          fmt::format("unknown metric '{}'{}", metric, suggestion(metric)));
    }

    void check_goal_figures(const GoalDefinition& goal) {
        if (!goal.figure.metric.empty())
            check_goal_figure(goal.figure, goal.maximise ? "goal.maximise" : "goal.minimise");
        for (std::size_t i = 0; i < goal.bounds.size(); ++i) {
            if (!goal.bounds[i].figure.metric.empty())
                check_goal_figure(goal.bounds[i].figure, fmt::format("goal.subject_to[{}].metric", i));
        }
        for (const ProbeParameter& probe : goal.probe) {
            if (columns_.find(probe.name)) continue;
            const auto& names = columns_.names();
            problems_.add(probe.position, "goal.probe." + probe.name,
                          fmt::format("no run has a parameter '{}'{}", probe.name,
                                      did_you_mean(probe.name, std::vector<std::string_view>(names.begin(),
                                                                                             names.end()))));
        }
    }

    void check_goal_figure(const GoalFigure& figure, const std::string& key) {
        std::string problem;
        const protocol::Figure* const measured = protocol::find_figure(figure.column);
        const bool is_text = (measured == nullptr && protocol::is_fixed_column(figure.column)) ||
                             protocol::is_annotation(figure.column) || figure.column == "memory_method";
        if (columns_.find(figure.metric))
            problem =
                fmt::format("'{}' is a parameter; name a figure, such as wall or peak_rss", figure.metric);
        else if (is_text)
            problem = fmt::format("'{}' is no figure; name one, such as wall or peak_rss", figure.metric);
        else if (is_unknown(figure.column))
            problem = fmt::format("unknown metric '{}'{}", figure.metric, suggestion(figure.metric));
        if (!problem.empty()) problems_.add_given(figure.position, key, figure.option, problem);
    }

    /// What a command reports is not known beforehand.
    bool is_unknown(const std::string& column) const {
        return definition_.workload && column != protocol::kCpuTime.name &&
               std::ranges::find(known_, column) == known_.end();
    }

    /// The database as the store makes it, and what stands before it when a report is made.
    void create_tables() {
        database_.execute(protocol::schema_at_once(protocol::schema_steps().size()));
        std::string columns;
        std::string of_medians = fmt::format("{}", fmt::join(protocol::kMedianColumns, ", "));
        for (const std::string& name : known_) {
            columns += (columns.empty() ? "" : ", ") + sql::quoted_name(name);
            const bool is_annotation = protocol::is_annotation(name) && !columns_.find(name);
            if (!protocol::is_repeat_column(name) && !is_of_medians(name) && !is_annotation)
                of_medians += ", " + sql::quoted_name(name);
        }
        database_.execute(protocol::create_told_view());
        database_.execute(
            fmt::format("CREATE TABLE results({0}); CREATE TABLE attempts({0});"
                        "CREATE TEMP TABLE medians({1}); CREATE TEMP TABLE provenance({2})",
                        columns, of_medians, protocol::kProvenanceColumns));
    }

    static bool is_of_medians(std::string_view name) {
        return std::ranges::find(protocol::kMedianColumns, name) != protocol::kMedianColumns.end();
    }

    std::string suggestion(const std::string& word) const {
        return did_you_mean(word, std::vector<std::string_view>(known_.begin(), known_.end()));
    }

    std::string why_unknown(const std::string& name, const std::string& sql) const {
        if (std::ranges::find(known_, name) == known_.end())
            return fmt::format("unknown name '{}'{}", name, suggestion(name));
        if (protocol::is_repeat_column(name) && sql.find("medians") != std::string::npos)
            return fmt::format("'{}' is of one repeat, and medians is of all of them; results has it", name);
        return fmt::format("'{}' is a column of results; is FROM results missing?", name);
    }

    void check_where(const CheckDefinition& check, const std::string& key) {
        if (const std::string problem = sql::unbalanced_parentheses(check.where); !problem.empty())
            problems_.add(check.where_position, key, problem);
        else
            compile(fmt::format("SELECT ({}) FROM results", check.where), check.where_position, key);
    }

    std::optional<sql::Statement> compile(const std::string& sql, Position position, const std::string& key) {
        try {
            sql::Statement statement = database_.prepare(sql);
            if (!statement.is_read_only() || statement.column_count() == 0) {
                problems_.add(position, key, "must be a SELECT, which only reads");
                return std::nullopt;
            }
            return statement;
        } catch (const sql::SqlError& error) {
            const auto unknown = error.unknown();
            if (unknown && unknown->is_column()) {
                if (const std::string hint = sql::hint_at_quotes(unknown->name, known_); !hint.empty()) {
                    problems_.add(position, key, fmt::format("unknown name '{}'{}", unknown->name, hint));
                    return std::nullopt;
                }
                if (!definition_.workload) return std::nullopt;  // a metric of the command, perhaps
                problems_.add(position, key, why_unknown(unknown->name, sql));
            } else {
                problems_.add(position, key, fmt::format("SQLite does not understand it: {}", error.what()));
            }
            return std::nullopt;
        }
    }

    void check_table(const TableDefinition& table, const std::string& key) {
        const auto statement = compile(table.sql, table.sql_position, key + ".sql");
        if (!statement) return;
        std::vector<std::string> names;
        for (int column = 0; column < statement->column_count(); ++column)
            names.push_back(statement->column_name(column));
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const std::string& name = table.columns[i].name;
            if (name.empty() || std::ranges::find(names, name) != names.end()) continue;
            problems_.add(
                table.position, fmt::format("{}.columns[{}].name", key, i),
                fmt::format("the table's sql has no column '{}'{}", name,
                            did_you_mean(name, std::vector<std::string_view>(names.begin(), names.end()))));
        }
    }

    const Definition& definition_;
    const SweepParameters& columns_;
    Problems& problems_;
    sql::Connection database_;
    std::vector<std::string> known_;
};

}  // namespace

void check_result_expressions(const Definition& definition, const SweepParameters& columns,
                              const WorkloadCatalogue& workloads, Problems& problems) {
    const bool repeats_until =
        definition.repeat.until || std::ranges::any_of(definition.runs, [](const NamedRun& run) {
            return run.repeat && run.repeat->until;
        });
    if (definition.checks.empty() && definition.tables.empty() && !repeats_until && !definition.goal) return;
    Checker(definition, columns, workloads, problems).check();
}

}  // namespace tidemark::sweep
