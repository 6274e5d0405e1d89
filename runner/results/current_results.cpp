#include "results/current_results.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "protocol/database_schema.hpp"
#include "protocol/result_columns.hpp"
#include "sql/median.hpp"
#include "store/current_sets.hpp"

namespace tidemark::results {
namespace {

using protocol::Status;
using store::ColumnKind;

constexpr std::string_view kMedians = "medians";

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// How shown_repeats calls a parameter of the sweep file.
std::string planned_name(std::string_view parameter) {
    return store::physical_name(parameter, ColumnKind::Parameter);
}

/// Columns of `results` that are the same in all repeats of a run, or are no numbers.
bool is_of_the_run(std::string_view name) {
    static constexpr std::array<std::string_view, 7> kNames{
        "sweep", "run", "cell", "key", "status", "reason", protocol::kLastWords};
    return std::ranges::find(kNames, name) != kNames.end();
}

/// How `medians` calls a column: those that are its own leave a metric of their name another one.
std::string name_in_medians(std::string_view column) {
    const bool is_taken =
        std::ranges::find(protocol::kMedianColumns, column) != protocol::kMedianColumns.end();
    return sql::quoted_name(is_taken ? fmt::format("median of {}", column) : std::string(column));
}

}  // namespace

CurrentResults::CurrentResults(sql::Connection& connection, const Expectation& expected)
    : connection_(connection),
      registry_(connection),
      sweep_(expected.sweep),
      program_(expected.program),
      told_(expected.runs),
      by_repeat_(expected.by_repeat) {
    sql::register_median(connection_);
    connection_.execute("PRAGMA temp_store = MEMORY");
    choose_columns(expected);
    connection_.execute("BEGIN");  // thousands of rows, and nothing else of this connection is written
    insert_expected(expected);
    if (program_ == Program::Present)
        find_by_key(expected);
    else
        find_alike(expected);
    forget_what_need_not_be(expected);
    find_states();
    connection_.execute("COMMIT");
    create_views();
}

CurrentResults::~CurrentResults() {
    drop();
}

void CurrentResults::drop() noexcept {
    try {
        connection_.execute("DROP VIEW IF EXISTS temp.results; DROP VIEW IF EXISTS temp.provenance");
        for (const std::string_view table : protocol::kDetailTables)
            connection_.execute(fmt::format("DROP VIEW IF EXISTS temp.{}", table));
        for (const std::string_view table :
             {kMedians, std::string_view("shown_runs"), std::string_view("shown_repeats"),
              std::string_view("outdated_sets")})
            connection_.execute(fmt::format("DROP TABLE IF EXISTS temp.{}", table));
    } catch (const sql::SqlError&) {
        // they end with the connection
    }
}

void CurrentResults::choose_columns(const Expectation& expected) {
    for (const ExpectedRun& run : expected.runs) {
        for (const auto& [name, value] : run.parameters) {
            if (!is_parameter(name)) parameters_.push_back(name);
        }
    }
    std::vector<std::string> parameters = parameters_;
    for (const std::string& name : registry_.names(ColumnKind::Parameter)) parameters.push_back(name);
    columns_ = protocol::all_result_columns(parameters, registry_.names(ColumnKind::Metric));
    const auto add = [&](std::string_view name) {
        if (!has_column(name)) columns_.emplace_back(name);
    };
    for (const protocol::KnownMetric& metric : protocol::kKnownMetrics) add(metric.name);
    for (const std::string& name : expected.metrics) add(name);
}

void CurrentResults::insert_expected(const Expectation& expected) {
    std::string columns, marks;
    for (const std::string& name : parameters_) {
        columns += ", " + planned_name(name);
        marks += ", ?";
    }
    connection_.execute(fmt::format(
        "CREATE TEMP TABLE shown_repeats(number INTEGER, run, cell, key, measured_key, repeat INTEGER, place "
        "INTEGER, run_id, status, reason, last_words, counted INTEGER{})",
        columns));
    sql::Statement insert =
        connection_.prepare(fmt::format("INSERT INTO temp.shown_repeats(number, run, cell, key, "
                                        "measured_key, repeat{}) VALUES(?, ?, ?, ?, ?, "
                                        "?{})",
                                        columns, marks));
    constexpr int kRepeat = 5;  // places before and of the repeat
    const int stored = most_stored(expected);
    for (std::size_t number = 0; number < expected.runs.size(); ++number) {
        const ExpectedRun& run = expected.runs[number];
        by_name_.emplace(run.run, number);
        insert.bind_all(static_cast<std::int64_t>(number), std::string_view(run.run),
                        std::string_view(run.cell), std::string_view(run.key),
                        std::string_view(run.measured_key), 0);
        int place = kRepeat + 1;
        for (const std::string& name : parameters_) {
            const auto own = std::ranges::find(run.parameters, name, &std::pair<std::string, Value>::first);
            insert.bind(place++, own == run.parameters.end() ? Value() : own->second);
        }
        const int most = std::clamp(stored, run.repeats, run.most_repeats);
        for (int repeat = 1; repeat <= most; ++repeat) {
            insert.bind(kRepeat, repeat);
            insert.run();
        }
        expected_ += static_cast<std::size_t>(most);
    }
}

/// No run has a repeat beyond that one, where any may have more than it is asked for.
int CurrentResults::most_stored(const Expectation& expected) {
    const auto may_have_more = [](const ExpectedRun& run) { return run.most_repeats > run.repeats; };
    if (std::ranges::none_of(expected.runs, may_have_more)) return 0;
    sql::Statement row =
        connection_.prepare("SELECT coalesce(max(repeat), 0) FROM main.runs WHERE sweep = ? AND latest = 1");
    row.bind_all(std::string_view(sweep_));
    row.step();
    return static_cast<int>(row.integer(0));
}

/// Of those that a run may have beyond the wanted ones: the ones that were not made are no gaps.
void CurrentResults::forget_what_need_not_be(const Expectation& expected) {
    const auto may_have_more = [](const ExpectedRun& run) { return run.most_repeats > run.repeats; };
    if (std::ranges::none_of(expected.runs, may_have_more)) return;
    connection_.execute("CREATE INDEX temp.shown_repeats_place ON shown_repeats(number, repeat)");
    sql::Statement last = connection_.prepare(
        "SELECT coalesce(max(repeat), 0) FROM temp.shown_repeats WHERE number = ? AND place IS NOT NULL");
    sql::Statement forget =
        connection_.prepare("DELETE FROM temp.shown_repeats WHERE number = ? AND repeat > ?");
    const int stored = most_stored(expected);
    for (std::size_t number = 0; number < expected.runs.size(); ++number) {
        const ExpectedRun& run = expected.runs[number];
        if (!may_have_more(run)) continue;
        last.bind_all(static_cast<std::int64_t>(number));
        last.step();
        const std::int64_t shown = std::max<std::int64_t>(run.repeats, last.integer(0));
        last.reset();
        forget.bind_all(static_cast<std::int64_t>(number), shown).run();
        expected_ -= static_cast<std::size_t>(std::clamp(stored, run.repeats, run.most_repeats) - shown);
    }
}

/// By the declared key, and by what was read: it must be as it was.
void CurrentResults::find_by_key(const Expectation& expected) {
    store::CurrentSets(connection_, sweep_, expected.observing).publish();
    const std::string condition =
        store::knows_observed(connection_)
            ? "coalesce(r.declared_key, r.key) = own.key AND (r.observed IS NULL OR NOT EXISTS(SELECT 1 FROM "
              "temp.outdated_sets AS o WHERE o.observed = r.observed))"
            : "r.key = own.key";
    connection_
        .prepare(fmt::format(
            "UPDATE temp.shown_repeats AS own SET place = r.rowid, {} FROM main.runs AS r WHERE "
            "r.sweep = ?1 AND r.cell = own.cell AND r.repeat = own.repeat AND r.latest = 1 AND {}",
            what_stands_for_it(), condition))
        .bind_all(std::string_view(sweep_))
        .run();
}

/// What is taken of the attempt `r` into the shown repeat.
std::string CurrentResults::what_stands_for_it() const {
    return fmt::format("run_id = r.run_id, status = r.status, reason = r.reason, last_words = {}",
                       registry_.fixed_expression(protocol::kLastWords, "r"));
}

/// The newest attempt with the parameters of each run, of which those with their default may be absent.
void CurrentResults::find_alike(const Expectation& expected) {
    std::vector<std::string> names = parameters_;
    for (const std::string& name : registry_.names(ColumnKind::Parameter)) {
        if (!contains(names, name)) names.push_back(name);
    }
    std::erase_if(names, [&](const std::string& name) { return contains(expected.by_repeat, name); });
    std::string condition;
    constexpr std::size_t kFirst = 4;  // place of the first parameter's value; its default stands behind it
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string stored = registry_.has(names[i], ColumnKind::Parameter)
                                       ? "r." + store::physical_name(names[i], ColumnKind::Parameter)
                                       : "NULL";
        condition += fmt::format(" AND ({0} IS ?{1} OR ({0} IS NULL AND ?{2}))", stored, kFirst + 2 * i,
                                 kFirst + 2 * i + 1);
    }
    sql::Statement update = connection_.prepare(fmt::format(
        "UPDATE temp.shown_repeats SET place = (SELECT r.rowid FROM main.runs AS r WHERE r.sweep = ?1 AND "
        "r.repeat = ?2 AND r.latest = 1{} ORDER BY r.started_at DESC, r.rowid DESC LIMIT 1) WHERE number = "
        "?3 AND repeat = "
        "?2",
        condition));
    const int stored = most_stored(expected);
    for (std::size_t number = 0; number < expected.runs.size(); ++number) {
        const ExpectedRun& run = expected.runs[number];
        for (int repeat = 1; repeat <= std::clamp(stored, run.repeats, run.most_repeats); ++repeat) {
            update.bind_all(std::string_view(sweep_), repeat, static_cast<std::int64_t>(number));
            auto place = static_cast<int>(kFirst) - 1;
            for (const std::string& name : names) {
                const auto own =
                    std::ranges::find(run.parameters, name, &std::pair<std::string, Value>::first);
                update.bind(place++, own == run.parameters.end() ? Value() : own->second);
                update.bind(place++, std::int64_t{contains(run.defaults, name)});
            }
            update.run();
        }
    }
    connection_.execute(fmt::format(
        "UPDATE temp.shown_repeats SET {} FROM main.runs AS r WHERE r.rowid = place", what_stands_for_it()));
}

/// How each run went, and which of its repeats count.
void CurrentResults::find_states() {
    explain_gaps();
    connection_.execute(R"sql(
        CREATE INDEX temp.shown_repeats_number ON shown_repeats(number);
        CREATE INDEX temp.shown_repeats_run ON shown_repeats(run);
        CREATE TEMP TABLE shown_runs(
            number INTEGER PRIMARY KEY, run, cell, key, status, reason, last_words, repeats, failed, ok);
        INSERT INTO temp.shown_runs
            SELECT number, run, cell, key, 'ok', '', NULL,
                count(*), sum(status NOT IN ('ok', 'not run')), sum(status = 'ok')
            FROM temp.shown_repeats GROUP BY number;

        -- the first repeat that did not end ok speaks for the run, before any that was not made; SQLite takes
        -- bare columns from the row that has the minimum (https://www.sqlite.org/lang_select.html#bareagg)
        UPDATE temp.shown_runs SET status = bad.status, reason = bad.reason, last_words = bad.last_words
            FROM (SELECT number, status, reason, last_words,
                      min(repeat + iif(status = 'not run', 1000000000, 0))
                  FROM temp.shown_repeats WHERE status <> 'ok' GROUP BY number) AS bad
            WHERE bad.number = shown_runs.number;
        UPDATE temp.shown_repeats SET counted = status = 'ok' OR
            (SELECT ok = 0 FROM temp.shown_runs WHERE shown_runs.number = shown_repeats.number);
    )sql");
    sql::Statement rows = connection_.prepare(
        "SELECT run, status, reason, coalesce(last_words, ''), repeats, failed, ok FROM temp.shown_runs "
        "ORDER BY number");
    while (rows.step()) {
        runs_.push_back({rows.text(0), protocol::status_from_text(rows.text(1)).value_or(Status::Failed),
                         rows.text(2), rows.text(3), static_cast<std::size_t>(rows.integer(4)),
                         static_cast<std::size_t>(rows.integer(5)),
                         static_cast<std::size_t>(rows.integer(6))});
        ok_ += runs_.back().ok;
    }
    find_nans();
    made_ = static_cast<std::size_t>(std::get<std::int64_t>(
        connection_.value_of("SELECT count(*) FROM temp.shown_repeats WHERE place IS NOT NULL")));
}

bool CurrentResults::is_parameter(std::string_view name) const {
    return contains(parameters_, name);
}

bool CurrentResults::is_annotation(std::string_view name) const {
    return protocol::is_annotation(name) && !is_parameter(name) && !registry_.has(name, ColumnKind::Metric);
}

/// SQL over `s`, the shown repeat, and `r`, its attempt.
std::string CurrentResults::source_of(std::string_view column) const {
    if (column == "sweep") return sql::quoted_text(sweep_);
    // a run that the file calls otherwise now is the same run
    if (column == "run" || column == "repeat" || column == "run_id" || column == "status" ||
        column == "reason")
        return fmt::format("s.{}", column);
    if (column == "cell" || column == "key") return fmt::format("coalesce(r.{0}, s.{0})", column);
    std::string stored = registry_.expression(column, "r");
    if (!is_parameter(column)) return stored;
    const std::string planned = "s." + planned_name(column);
    if (program_ == Program::Any) return fmt::format("iif(s.place IS NULL, {}, {})", planned, stored);
    // what is a parameter of this file may be a metric of a run that has no such parameter
    return registry_.has(column, ColumnKind::Metric)
               ? fmt::format("coalesce({}, r.{})", planned, store::physical_name(column, ColumnKind::Metric))
               : planned;
}

void CurrentResults::create_views() {
    constexpr std::string_view kOfThisSweep =
        "WHERE run_id IN (SELECT run_id FROM temp.shown_repeats WHERE run_id IS NOT NULL)";
    for (const std::string_view table : protocol::kDetailTables) {
        connection_.execute(
            fmt::format("CREATE TEMP VIEW {0} AS SELECT * FROM main.{0} {1}", table, kOfThisSweep));
    }
    connection_.execute(
        fmt::format("CREATE TEMP VIEW provenance AS SELECT {} FROM main.runs JOIN main.provenance "
                    "USING(invocation_id) {}",
                    protocol::kProvenanceColumns, kOfThisSweep));
    show(Repeats::All);
}

void CurrentResults::show(Repeats which) {
    std::string selected;
    for (const std::string& name : columns_) {
        selected +=
            fmt::format("{}{} AS {}", selected.empty() ? "" : ", ", source_of(name), sql::quoted_name(name));
    }
    connection_.execute(fmt::format(
        "DROP VIEW IF EXISTS temp.results;"
        "CREATE TEMP VIEW results AS SELECT {} FROM temp.shown_repeats AS s LEFT JOIN main.runs AS "
        "r ON r.rowid = s.place{}",
        selected, which == Repeats::Counted ? " WHERE s.counted" : ""));
}

void CurrentResults::create_medians() {
    std::string columns;
    for (const std::string& name : columns_) {
        if (is_of_the_run(name) || protocol::is_repeat_column(name) || is_annotation(name)) continue;
        const std::string source = source_of(name);
        columns += is_parameter(name) ? fmt::format(", {} AS {}", source, name_in_medians(name))
                                      : fmt::format(", median({}) FILTER (WHERE s.counted) AS {}", source,
                                                    name_in_medians(name));
    }
    connection_.execute(fmt::format(
        "CREATE TEMP TABLE medians AS SELECT own.run, {} AS sweep, own.cell, own.key, own.status, "
        "own.reason, own.last_words, own.repeats, own.ok{} FROM temp.shown_runs AS own JOIN "
        "temp.shown_repeats AS s ON s.number = own.number LEFT JOIN main.runs AS r ON r.rowid = s.place "
        "GROUP BY own.number ORDER BY own.number; CREATE INDEX temp.medians_run ON medians(run)",
        sql::quoted_text(sweep_), columns));
    for (const auto& [run, column] : nans_) {
        if (!has_column(column)) continue;
        connection_
            .prepare(fmt::format("UPDATE temp.medians SET {} = NULL WHERE run = ?", name_in_medians(column)))
            .bind_all(std::string_view(run))
            .run();
    }
    has_medians_ = true;
}

/// SQLite's median leaves out the nulls that stand for them.
void CurrentResults::find_nans() {
    sql::Statement rows = connection_.prepare(
        "SELECT DISTINCT s.run, m.\"column\" FROM temp.shown_repeats AS s JOIN main.missing AS m ON m.run_id "
        "= s.run_id WHERE s.counted AND m.reason = ?");
    rows.bind_all(protocol::kNotANumber);
    while (rows.step()) {
        // a metric with the name of a parameter has no column
        if (const std::string column = rows.text(1); !is_parameter(column))
            nans_.emplace(rows.text(0), column);
    }
}

bool CurrentResults::is_nan(std::string_view run, std::string_view column) const {
    return !nans_.empty() && nans_.contains({std::string(run), std::string(column)});
}

void CurrentResults::add_null_column(const std::string& name) {
    columns_.push_back(name);
    if (has_medians_)
        connection_.execute(fmt::format("ALTER TABLE temp.medians ADD COLUMN {}", sql::quoted_name(name)));
    show(Repeats::All);
}

sql::Statement CurrentResults::prepare(const std::string& sql) {
    for (;;) {
        try {
            return connection_.prepare(sql);
        } catch (const sql::SqlError& error) {
            const auto unknown = error.unknown();
            const bool wants_medians = unknown && !unknown->is_column() &&
                                       (unknown->name == kMedians || unknown->name == "temp.medians");
            if (wants_medians && !has_medians_)
                create_medians();  // for those alone who ask for them
            else if (unknown && unknown->is_column() && ok_ == 0 && !has_column(unknown->name))
                add_null_column(unknown->name);
            else
                throw;
        }
    }
}

const RunState* CurrentResults::find(std::string_view run) const {
    const auto found = by_name_.find(run);
    return found == by_name_.end() ? nullptr : &runs_[found->second];
}

std::vector<std::vector<Value>> CurrentResults::medians(const std::vector<std::string>& columns) {
    std::string selected;
    for (const std::string& name : columns) {
        selected += (selected.empty() ? "" : ", ") + (has_column(name) ? name_in_medians(name) : "NULL");
    }
    std::vector<std::vector<Value>> rows;
    sql::Statement statement = prepare(fmt::format("SELECT {} FROM medians ORDER BY rowid", selected));
    while (statement.step()) {
        std::vector<Value>& row = rows.emplace_back();
        const std::string& run = runs_[rows.size() - 1].run;
        for (int column = 0; column < statement.column_count(); ++column) {
            row.push_back(is_nan(run, columns[static_cast<std::size_t>(column)])
                              ? Value(std::numeric_limits<double>::quiet_NaN())
                              : statement.value(column));
        }
    }
    return rows;
}

std::string CurrentResults::why_missing(std::string_view run, std::string_view column) const {
    // not everybody has any
    if (column == protocol::kLastWords || is_annotation(column)) return {};
    if (is_nan(run, column)) return std::string(protocol::kNotANumber);
    const auto row = connection_.reuse(
        "SELECT s.status, coalesce((SELECT m.reason FROM main.missing AS m WHERE m.run_id = s.run_id AND "
        "m.\"column\" = ?2), '') FROM temp.shown_repeats AS s WHERE s.run = ?1 AND s.counted "
        "ORDER BY s.repeat LIMIT 1");
    row->bind_all(run, column);
    if (!row->step()) return {};
    if (std::string status = row->text(0); status != to_text(Status::Ok)) return status;
    if (std::string reason = row->text(1); !reason.empty()) return reason;
    if (is_parameter(column)) return {};
    return protocol::is_fixed_column(column) || !has_column(column) ? "not measured" : "not reported";
}

std::vector<std::string> CurrentResults::reported() const {
    std::vector<std::string> names;
    for (const std::string& name : columns_) {
        if (protocol::is_fixed_column(name) || is_parameter(name) || contains(by_repeat_, name)) continue;
        if (is_annotation(name)) continue;
        if (std::ranges::any_of(nans_, [&](const auto& nan) { return nan.second == name; })) {
            names.push_back(name);
            continue;
        }
        const std::string any =
            fmt::format("SELECT 1 FROM temp.results WHERE {} IS NOT NULL LIMIT 1", sql::quoted_name(name));
        if (!is_null(connection_.value_of(any))) names.push_back(name);
    }
    return names;
}

bool CurrentResults::has_column(std::string_view name) const {
    return contains(columns_, name);
}

std::string CurrentResults::over_attempts(std::string_view column) const {
    return registry_.expression(column) == "NULL" ? "NULL" : sql::quoted_name(column);
}

}  // namespace tidemark::results
