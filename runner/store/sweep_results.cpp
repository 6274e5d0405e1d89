#include "store/sweep_results.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/result_columns.hpp"
#include "sql/median.hpp"
#include "store/column_registry.hpp"

namespace tidemark::store {
namespace {

constexpr std::string_view kNotRun = "not run";
constexpr std::size_t kFirstAlike = 4;  // place of the first parameter where runs alike are looked for
constexpr std::string_view kOutdated = "made before the program or its input changed";

/// Names of the temporary tables and views, in an order in which they can be dropped.
constexpr std::array<std::string_view, 7> kViews{"results", "metrics",    "phases", "samples",
                                                 "missing", "provenance", "medians"};

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + sql::quoted_name(name);
    return text;
}

/// Fixed columns that are the same in all repeats of a run, or no numbers.
bool has_no_median(std::string_view name) {
    static constexpr std::array<std::string_view, 6> kNames{"sweep", "run",    "cell",
                                                            "key",   "status", "reason"};
    return std::ranges::find(kNames, name) != kNames.end();
}

bool belongs_to_one_repeat(std::string_view name) {
    return std::ranges::find(protocol::kRepeatColumns, name) != protocol::kRepeatColumns.end();
}

}  // namespace

SweepResults::SweepResults(sql::Connection& connection, std::string sweep,
                           const std::vector<ExpectedRun>& runs, int repeats,
                           const std::vector<std::string>& metrics)
    : connection_(connection), sweep_(std::move(sweep)) {
    sql::register_median(connection_);
    create_tables(runs, metrics);
    connection_.execute("BEGIN");  // thousands of rows, and nothing else of this connection is written
    fill(runs, repeats);
    connection_.execute("COMMIT");
    create_views();
    create_medians();
}

SweepResults::~SweepResults() {
    drop();
}

void SweepResults::drop() noexcept {
    try {
        for (const std::string_view view : kViews)
            connection_.execute(
                fmt::format("DROP {} IF EXISTS temp.{}", view == "medians" ? "TABLE" : "VIEW", view));
        connection_.execute("DROP TABLE IF EXISTS temp.sweep_results");
    } catch (const sql::SqlError&) {
        // they end with the connection
    }
}

void SweepResults::create_tables(const std::vector<ExpectedRun>& runs,
                                 const std::vector<std::string>& metrics) {
    const ColumnRegistry registry(connection_);
    const auto add = [&](std::string_view name, const std::string& stored) {
        if (contains(columns_, name)) return false;
        columns_.emplace_back(name);
        stored_.push_back(stored);
        return true;
    };
    for (const std::string_view name : protocol::kResultColumns) add(name, sql::quoted_name(name));
    const auto add_parameter = [&](const std::string& name) {
        const bool is_stored = registry.has(name, ColumnKind::Parameter);
        if (add(name, is_stored ? physical_name(name, ColumnKind::Parameter) : std::string()))
            parameters_.push_back(name);
    };
    for (const ExpectedRun& run : runs) {
        for (const auto& [name, value] : run.parameters) add_parameter(name);
    }
    for (const std::string& name : registry.names(ColumnKind::Parameter)) add_parameter(name);
    for (const std::string& name : registry.names(ColumnKind::Metric))
        add(name, physical_name(name, ColumnKind::Metric));
    for (const std::string_view name : protocol::kFurtherResultColumns) add(name, sql::quoted_name(name));
    for (const std::string_view name : protocol::kWellKnownMetrics) add(name, {});
    for (const std::string& name : metrics) add(name, {});
    connection_.execute(
        fmt::format("CREATE TEMP TABLE sweep_results(number INTEGER, counted INTEGER, {});"
                    "CREATE INDEX temp.sweep_results_number ON sweep_results(number);"
                    "CREATE INDEX temp.sweep_results_run ON sweep_results(run)",
                    list_of(columns_)));
}

/// That a stored run has the parameters that are bound from kFirstAlike on, two places for each: the value,
/// and whether it may be absent.
std::string SweepResults::alike_condition() const {
    std::string condition;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        const auto column = std::ranges::find(columns_, parameters_[i]) - columns_.begin();
        const std::string& stored = stored_[static_cast<std::size_t>(column)];
        const std::size_t value = kFirstAlike + 2 * i + 1;  // SQL counts from 1
        condition += fmt::format(" AND ({0} IS ?{1} OR ({0} IS NULL AND ?{2}))",
                                 stored.empty() ? "NULL" : stored, value, value + 1);
    }
    return condition;
}

void SweepResults::bind_alike(sql::Statement& statement, const ExpectedRun& run, std::int64_t number,
                              int repeat) const {
    statement.bind_all(std::string_view(run.run), number, std::string_view(sweep_), repeat);
    auto place = static_cast<int>(kFirstAlike);
    for (const std::string& name : parameters_) {
        const auto own = std::ranges::find(run.parameters, name, &std::pair<std::string, Value>::first);
        statement.bind(place++, own == run.parameters.end() ? Value() : own->second);
        statement.bind(place++, std::int64_t{contains(run.defaults, name)});
    }
}

void SweepResults::fill(const std::vector<ExpectedRun>& runs, int repeats) {
    std::string sources;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        // a run that the file calls otherwise now is the same run
        const std::string source = columns_[i] == "run" ? "?1" : stored_[i].empty() ? "NULL" : stored_[i];
        sources += ", " + source;
    }
    sql::Statement copy = connection_.prepare(
        fmt::format("INSERT INTO temp.sweep_results SELECT ?2, 0{} FROM main.runs "
                    "WHERE sweep = ?3 AND cell = ?4 AND repeat = ?5 AND latest = 1 AND key = ?6",
                    sources));
    sql::Statement copy_alike = connection_.prepare(fmt::format(
        "INSERT INTO temp.sweep_results SELECT ?2, 0{} FROM main.runs WHERE sweep = ?3 AND repeat = "
        "?4 AND latest = 1{} ORDER BY started_at DESC LIMIT 1",
        sources, alike_condition()));
    sql::Statement outdated = connection_.prepare(
        "SELECT 1 FROM main.runs WHERE sweep = ? AND cell = ? AND repeat = ? AND latest = 1");
    std::string marks;
    for (std::size_t i = 0; i < parameters_.size(); ++i) marks += ", ?";
    sql::Statement lack = connection_.prepare(fmt::format(
        "INSERT INTO temp.sweep_results(number, counted, sweep, run, cell, key, repeat, status, reason{}{}) "
        "VALUES(?, 0, ?, ?, ?, ?, ?, ?, ?{})",
        parameters_.empty() ? "" : ", ", list_of(parameters_), marks));
    for (std::size_t number = 0; number < runs.size(); ++number) {
        const ExpectedRun& run = runs[number];
        for (int repeat = 1; repeat <= repeats; ++repeat) {
            ++expected_;
            const auto place = static_cast<std::int64_t>(number);
            if (run.key.empty()) {
                bind_alike(copy_alike, run, place, repeat);
                copy_alike.run();
            } else {
                copy.bind_all(std::string_view(run.run), place, std::string_view(sweep_),
                              std::string_view(run.cell), repeat, std::string_view(run.key));
                copy.run();
            }
            if (connection_.changes() > 0) {
                ++made_;
                continue;
            }
            outdated.bind_all(std::string_view(sweep_), std::string_view(run.cell), repeat);
            const bool is_outdated = outdated.step();
            outdated.reset();
            lack.bind_all(static_cast<std::int64_t>(number), std::string_view(sweep_),
                          std::string_view(run.run), std::string_view(run.cell), std::string_view(run.key),
                          repeat, kNotRun, is_outdated ? kOutdated : std::string_view());
            constexpr int kFixed = 8;
            for (std::size_t i = 0; i < parameters_.size(); ++i) {
                const auto own =
                    std::ranges::find(run.parameters, parameters_[i], &std::pair<std::string, Value>::first);
                lack.bind(kFixed + static_cast<int>(i), own == run.parameters.end() ? Value() : own->second);
            }
            lack.run();
        }
    }
    connection_.execute(
        "UPDATE temp.sweep_results AS own SET counted = status = 'ok' OR NOT EXISTS "
        "(SELECT 1 FROM temp.sweep_results AS other WHERE other.number = own.number AND other.status = "
        "'ok')");
}

void SweepResults::create_views() {
    constexpr std::string_view kOfThisSweep = "WHERE run_id IN (SELECT run_id FROM temp.sweep_results)";
    for (const std::string_view table : {"metrics", "phases", "samples", "missing"}) {
        connection_.execute(
            fmt::format("CREATE TEMP VIEW {0} AS SELECT * FROM main.{0} {1}", table, kOfThisSweep));
    }
    connection_.execute(
        fmt::format("CREATE TEMP VIEW provenance AS SELECT run_id, name, value FROM main.runs "
                    "JOIN main.provenance USING(invocation_id) {}",
                    kOfThisSweep));
    show(Repeats::All);
}

void SweepResults::show(Repeats which) {
    connection_.execute(
        fmt::format("DROP VIEW IF EXISTS temp.results;"
                    "CREATE TEMP VIEW results AS SELECT {} FROM temp.sweep_results{}",
                    list_of(columns_), which == Repeats::Counted ? " WHERE counted" : ""));
}

void SweepResults::create_medians() {
    std::string columns =
        "run, sweep, cell, key, coalesce((SELECT other.status FROM temp.sweep_results AS other WHERE "
        "other.number = "
        "own.number AND other.status <> 'ok' ORDER BY other.repeat LIMIT 1), 'ok') AS status, "
        "coalesce((SELECT other.reason FROM temp.sweep_results AS other WHERE other.number = own.number "
        "AND other.status <> 'ok' ORDER BY other.repeat LIMIT 1), '') AS reason, "
        "count(*) AS repeats, sum(status = 'ok') AS ok";
    for (const std::string& name : columns_) {
        if (has_no_median(name) || belongs_to_one_repeat(name)) continue;
        const std::string quoted = sql::quoted_name(name);
        columns += contains(parameters_, name)
                       ? fmt::format(", {}", quoted)
                       : fmt::format(", median({0}) FILTER (WHERE counted) AS {0}", quoted);
    }
    connection_.execute(
        fmt::format("CREATE TEMP TABLE medians AS SELECT {} FROM temp.sweep_results AS own GROUP BY number "
                    "ORDER BY number; CREATE INDEX temp.medians_run ON medians(run)",
                    columns));
}

void SweepResults::add_column(const std::string& name) {
    columns_.push_back(name);
    connection_.execute(
        fmt::format("ALTER TABLE temp.sweep_results ADD COLUMN {0};"
                    "ALTER TABLE temp.medians ADD COLUMN {0}",
                    sql::quoted_name(name)));
    show(Repeats::All);
}

std::size_t SweepResults::ok() const {
    return static_cast<std::size_t>(std::get<std::int64_t>(
        connection_.value_of("SELECT count(*) FROM temp.sweep_results WHERE status = 'ok'")));
}

std::optional<std::string> SweepResults::status_of(std::string_view run) const {
    const auto row = connection_.reuse("SELECT status FROM temp.medians WHERE run = ?");
    row->bind_all(run);
    return row->step() ? std::optional(row->text(0)) : std::nullopt;
}

std::string SweepResults::why_missing(std::string_view run, std::string_view column) const {
    const auto row = connection_.reuse(
        "SELECT status, coalesce((SELECT reason FROM main.missing WHERE missing.run_id = "
        "sweep_results.run_id "
        "AND missing.\"column\" = ?2), '') FROM temp.sweep_results WHERE run = ?1 AND counted ORDER BY "
        "repeat LIMIT 1");
    row->bind_all(run, column);
    if (!row->step()) return {};
    const std::string status = row->text(0);
    if (status != "ok") return status;
    if (const std::string reason = row->text(1); !reason.empty()) return reason;
    if (contains(parameters_, column)) return {};
    return protocol::is_fixed_column(column) || !contains(columns_, column) ? "not measured" : "not reported";
}

std::vector<std::string> SweepResults::reported() const {
    std::vector<std::string> names;
    for (const std::string& name : columns_) {
        if (protocol::is_fixed_column(name) || contains(parameters_, name)) continue;
        const std::string any = fmt::format("SELECT 1 FROM temp.sweep_results WHERE {} IS NOT NULL LIMIT 1",
                                            sql::quoted_name(name));
        if (!is_null(connection_.value_of(any))) names.push_back(name);
    }
    return names;
}

std::optional<LastInvocation> last_invocation(sql::Connection& connection, const std::string& sweep) {
    sql::Statement row = connection.prepare(
        "SELECT invocation_id, sweep, file, command_line, working_directory FROM main.invocations "
        "WHERE ?1 = '' OR sweep = ?1 ORDER BY started_at DESC, invocation_id DESC LIMIT 1");
    row.bind_all(std::string_view(sweep));
    if (!row.step()) return std::nullopt;
    const std::string id = row.text(0);
    LastInvocation last{row.text(1), row.text(2), row.text(3), row.text(4), {}};
    sql::Statement facts = connection.prepare(
        "SELECT name, value FROM main.provenance WHERE invocation_id = ? AND name LIKE ? || '%'");
    facts.bind_all(std::string_view(id), std::string_view(kSetFact));
    while (facts.step()) last.set.push_back(facts.text(0).substr(kSetFact.size()) + "=" + facts.text(1));
    return last;
}

bool has_results(sql::Connection& connection, const std::string& sweep) {
    sql::Statement row = connection.prepare("SELECT 1 FROM main.runs WHERE sweep = ? AND latest = 1 LIMIT 1");
    row.bind_all(std::string_view(sweep));
    return row.step();
}

}  // namespace tidemark::store
