#include "sweep/result_expressions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "protocol/result_columns.hpp"
#include "sql/connection.hpp"
#include "sql/expression.hpp"
#include "sql/median.hpp"

namespace tidemark::sweep {
namespace {

class Checker {
  public:
    Checker(const Definition& definition, const Columns& columns, const WorkloadCatalogue& workloads,
            Problems& problems)
        : definition_(definition), problems_(problems), database_(sql::Connection::in_memory()) {
        known_.assign(protocol::kResultColumns.begin(), protocol::kResultColumns.end());
        for (const std::string_view name : protocol::kFurtherResultColumns) known_.emplace_back(name);
        for (const std::string& name : columns.names()) add(name);
        if (definition.workload) {
            for (const std::string_view workload : workloads.names()) {
                for (const auto& metric : workloads.find(workload)->metrics) add(metric.name);
            }
        }
        for (const GivenCapture& given : definition.capture) add(given.capture.metric);
        // what any program may report is unknown only where it is misspelt
        for (const std::string_view name : protocol::kWellKnownMetrics) add(std::string(name));
        sql::register_median(database_);
        create_tables();
    }

    void check() {
        for (std::size_t i = 0; i < definition_.checks.size(); ++i) {
            const CheckDefinition& check = definition_.checks[i];
            const std::string key = fmt::format("checks[{}]", i);
            if (!check.where.empty()) check_where(check, key + ".where");
            if (!check.metric.empty() && definition_.workload && check.column != kCpuTime &&
                std::ranges::find(known_, check.column) == known_.end()) {
                problems_.add(check.position, key + ".metric",
                              fmt::format("unknown metric '{}'{}", check.metric, suggestion(check.metric)));
            }
        }
        for (std::size_t i = 0; i < definition_.tables.size(); ++i) {
            const TableDefinition& table = definition_.tables[i];
            if (!table.sql.empty()) check_table(table, fmt::format("tables[{}]", i));
        }
    }

  private:
    void add(const std::string& name) {
        if (std::ranges::find(known_, name) == known_.end()) known_.push_back(name);
    }

    void create_tables() {
        std::string columns;
        std::string of_medians = "repeats, ok";
        for (const std::string& name : known_) {
            columns += (columns.empty() ? "" : ", ") + sql::quoted_name(name);
            if (std::ranges::find(protocol::kRepeatColumns, name) == protocol::kRepeatColumns.end())
                of_medians += ", " + sql::quoted_name(name);
        }
        database_.execute(
            fmt::format("CREATE TABLE medians({});"
                        "CREATE TABLE provenance(run_id, name, value)",
                        of_medians));
        database_.execute(
            fmt::format("CREATE TABLE results({0}); CREATE TABLE attempts({0});"
                        "CREATE TABLE metrics(run_id, name, epoch, value);"
                        "CREATE TABLE phases(run_id, name, start_s, wall_s, peak_sample_bytes, "
                        "peak_rss_bytes, peak_rss_low_bytes, peak_rss_high_bytes);"
                        "CREATE TABLE samples(run_id, t_s, rss_bytes, processes);"
                        "CREATE TABLE missing(run_id, \"column\", reason)",
                        columns));
    }

    std::string suggestion(const std::string& word) const {
        return did_you_mean(word, std::vector<std::string_view>(known_.begin(), known_.end()));
    }

    std::string why_unknown(const std::string& name, const std::string& sql) const {
        if (std::ranges::find(known_, name) == known_.end())
            return fmt::format("unknown name '{}'{}", name, suggestion(name));
        const bool of_a_repeat =
            std::ranges::find(protocol::kRepeatColumns, name) != protocol::kRepeatColumns.end();
        if (of_a_repeat && sql.find("medians") != std::string::npos)
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
            constexpr std::string_view kNoColumn = "no such column: ";
            const std::string message = error.what();
            if (message.starts_with(kNoColumn)) {
                if (!definition_.workload) return std::nullopt;  // a metric of the command, perhaps
                const std::string name = message.substr(kNoColumn.size());
                problems_.add(position, key, why_unknown(name, sql));
            } else {
                problems_.add(position, key, fmt::format("SQLite does not understand it: {}", message));
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
    Problems& problems_;
    sql::Connection database_;
    std::vector<std::string> known_;
};

}  // namespace

void check_result_expressions(const Definition& definition, const Columns& columns,
                              const WorkloadCatalogue& workloads, Problems& problems) {
    if (definition.checks.empty() && definition.tables.empty()) return;
    Checker(definition, columns, workloads, problems).check();
}

}  // namespace tidemark::sweep
