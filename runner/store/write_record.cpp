#include "store/write_record.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "protocol/database_schema.hpp"
#include "protocol/figure_value.hpp"
#include "protocol/request.hpp"
#include "protocol/result_columns.hpp"
#include "store/column_registry.hpp"
#include "store/observed_sets.hpp"

namespace tidemark::store {
namespace {

using run::Record;

/// Column → why it is null, and what else has to be said about the run.
struct Remarks {
    std::map<std::string, std::string> missing;
    std::vector<std::string> warnings;
};

/// Columns of `runs` with their values.
using NamedValues = std::vector<std::pair<std::string, Value>>;

/// The parameter and metric columns of a record with their values.
class OwnColumns {
  public:
    OwnColumns(ColumnRegistry& registry, const Record& record, Remarks& remarks)
        : registry_(registry), remarks_(remarks) {
        for (const auto& [name, value] : record.request.parameters) add(name, ColumnKind::Parameter, value);
        for (const auto& [name, value] : record.final_metrics) {
            if (std::isnan(value)) remarks.missing[name] = std::string(protocol::kNotANumber);
            if (has_parameter(record, name))
                refuse(name);
            else
                add(name, ColumnKind::Metric, value);
        }
        registry.finish();
        if (without_room_ == 0) return;
        remarks.warnings.push_back(
            fmt::format("{} of this run's parameters and metrics have no column of their own, because the "
                        "database holds its most, {}; the first is '{}'; see the table metrics",
                        without_room_, kMostOwnColumns, first_without_room_));
    }

    const NamedValues& columns() const { return columns_; }

  private:
    static bool has_parameter(const Record& record, const std::string& name) {
        const auto& parameters = record.request.parameters;
        return std::ranges::find(parameters, name, &std::pair<std::string, Value>::first) != parameters.end();
    }

    void add(const std::string& name, ColumnKind kind, const Value& value) {
        switch (registry_.require(name, kind)) {
            case ColumnAnswer::Granted:
                columns_.emplace_back(physical_name(name, kind), value);
                return;
            case ColumnAnswer::Taken:
                refuse(name);
                return;
            case ColumnAnswer::NoRoom:
                if (without_room_++ == 0) first_without_room_ = name;
                return;
        }
    }

    /// A metric with the name of a parameter of this run, or of a fixed column.
    void refuse(const std::string& name) {
        remarks_.warnings.push_back(
            fmt::format("metric '{}' has no column of its own: the name belongs to a parameter or a fixed "
                        "column; see the table metrics",
                        name));
    }

    ColumnRegistry& registry_;
    Remarks& remarks_;
    NamedValues columns_;
    std::size_t without_room_ = 0;
    std::string first_without_room_;
};

Value value_of(const std::optional<int>& number) {
    return number ? Value(std::int64_t{*number}) : Value();
}

/// What is declared, and what was read beside it.
std::string key_with(const std::string& declared, const std::string& observed) {
    return to_text(digest_of(declared + observed));
}

std::string key_of(const Record& record) {
    if (!record.observation || record.observation->read.empty()) return record.request.key;
    return key_with(record.request.key, observed_set(*record.observation));
}

/// What is known of every attempt, by column.
NamedValues fixed_columns(const Record& record) {
    const protocol::Request& request = record.request;
    const protocol::Measurement& measured = record.measurement;
    NamedValues columns{
        {"run_id", request.run_id},
        {"sweep", request.sweep},
        {"run", request.run},
        {"cell", request.cell},
        {"key", key_of(record)},
        {"repeat", std::int64_t{request.repeat}},
        {"status", std::string(run::status(record.outcome))},
        {"reason", run::reason(record.outcome)},
        {std::string(protocol::kLastWords), record.last_words.empty() ? Value() : Value(record.last_words)},
        {std::string(protocol::kRevision), request.revision.empty() ? Value() : Value(request.revision)},
        {"exit_code", value_of(run::exit_code(record.outcome))},
        {"signal", value_of(run::signal_number(record.outcome))},
        {"started_at", measured.started_at}};
    for (const protocol::Figure& figure : protocol::kFigures)
        columns.emplace_back(std::string(figure.name), protocol::value_of(figure, measured));
    columns.insert(columns.end(), {{"invocation_id", request.invocation},
                                   {"workload", request.workload},
                                   {"directory", record.directory},
                                   {"request", protocol::to_json(request).dump()},
                                   {"measurement", protocol::to_json_text(measured)},
                                   {"declared_key", request.key}});
    if (record.observation) {
        const std::string& gap = record.observation->gap;
        columns.emplace_back("observed", observed_set(*record.observation));
        columns.emplace_back("unobserved", gap.empty() ? Value() : Value(gap));
    }
    return columns;
}

void insert_run(sql::Connection& connection, const NamedValues& columns) {
    std::string names, marks;
    for (const auto& [name, value] : columns) {
        names += (names.empty() ? "" : ", ") + name;
        marks += marks.empty() ? "?" : ", ?";
    }
    const auto insert = connection.reuse(fmt::format("INSERT INTO runs({}) VALUES({})", names, marks));
    int place = 0;
    for (const auto& [name, value] : columns) insert->bind(place++, value);
    insert->run();
}

void insert_metrics(sql::Connection& connection, const Record& record) {
    const std::string_view run_id = record.request.run_id;
    const auto metric = connection.reuse("INSERT INTO metrics VALUES(?, ?, ?, ?)");
    std::set<std::string_view> stored;
    for (const auto& point : record.metrics) {
        stored.insert(point.name);
        metric->bind_all(run_id, std::string_view(point.name), point.epoch, point.value).run();
    }
    // numeric infos are figures of the whole run, for which there may be no column
    for (const auto& [name, value] : record.final_metrics) {
        if (stored.contains(name)) continue;
        metric->bind_all(run_id, std::string_view(name), std::optional<std::int64_t>(), value).run();
    }
}

void insert_details(sql::Connection& connection, const Record& record) {
    const std::string_view run_id = record.request.run_id;
    insert_metrics(connection, record);
    const auto fact = connection.reuse("INSERT OR REPLACE INTO facts VALUES(?, ?, ?)");
    for (const auto& [name, text] : record.facts)
        fact->bind_all(run_id, std::string_view(name), std::string_view(text)).run();
    const auto phase = connection.reuse("INSERT INTO phases VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    for (const auto& span : record.phases) {
        phase
            ->bind_all(run_id, std::string_view(span.name), span.start.value, span.wall.value,
                       span.peak_sample_bytes, span.peak_rss_bytes, span.peak_rss_low_bytes,
                       span.peak_rss_high_bytes)
            .run();
    }
    const auto epoch = connection.reuse("INSERT INTO epochs VALUES(?, ?, ?, ?, ?, ?)");
    for (const auto& span : record.epochs) {
        epoch
            ->bind_all(run_id, span.epoch, span.start.value, span.wall.value, span.largest_sample_bytes,
                       span.memory.empty() ? Value() : Value(span.memory))
            .run();
    }
    const auto sample = connection.reuse("INSERT INTO samples VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const auto& point : record.samples) {
        sample
            ->bind_all(run_id, point.t_s, point.rss_bytes, point.processes, point.parts.anonymous,
                       point.parts.shared, point.parts.file, point.swap_bytes, point.cache_bytes,
                       point.charged_bytes, point.rss_sum_bytes)
            .run();
    }
}

void insert_remarks(sql::Connection& connection, std::string_view run_id, const Remarks& remarks) {
    const auto missing = connection.reuse("INSERT OR REPLACE INTO missing VALUES(?, ?, ?)");
    for (const auto& [column, why] : remarks.missing)
        missing->bind_all(run_id, std::string_view(column), std::string_view(why)).run();
    const auto warning = connection.reuse("INSERT INTO warnings VALUES(?, ?)");
    for (const std::string& text : remarks.warnings) warning->bind_all(run_id, std::string_view(text)).run();
}

/// What the key of a stored run becomes with another declared one.
std::string key_of_stored(sql::Connection& connection, const protocol::Request& request) {
    const auto row = connection.reuse(
        "SELECT s.observed FROM runs AS r JOIN observed_sets AS s USING(observed) WHERE r.run_id = ? AND "
        "EXISTS(SELECT 1 FROM observed_members AS m WHERE m.number = s.number)");
    row->bind_all(std::string_view(request.run_id));
    return row->step() ? key_with(request.key, row->text(0)) : request.key;
}

/// Of a run whose metrics were read again: what follows from them.
NamedValues columns_after(sql::Connection& connection, const Record& record, const OwnColumns& own) {
    NamedValues columns{
        {"key", key_of_stored(connection, record.request)},
        {"declared_key", record.request.key},
        {"request", protocol::to_json(record.request).dump()},
        {"measurement", protocol::to_json_text(record.measurement)},
        {"status", std::string(run::status(record.outcome))},
        {"reason", run::reason(record.outcome)},
        {std::string(protocol::kLastWords), record.last_words.empty() ? Value() : Value(record.last_words)},
        {"exit_code", value_of(run::exit_code(record.outcome))}};
    columns.insert(columns.end(), own.columns().begin(), own.columns().end());
    const NamedValues given = columns;
    for (const std::string& name : ColumnRegistry(connection).names(ColumnKind::Metric)) {
        const std::string column = physical_name(name, ColumnKind::Metric);
        if (std::ranges::find(given, column, &std::pair<std::string, Value>::first) == given.end())
            columns.emplace_back(column, Value());
    }
    return columns;
}

void update_run(sql::Connection& connection, std::string_view run_id, const NamedValues& columns) {
    std::string settings;
    for (const auto& [name, value] : columns) settings += (settings.empty() ? "" : ", ") + name + " = ?";
    const auto update = connection.reuse(fmt::format("UPDATE runs SET {} WHERE run_id = ?", settings));
    int place = 0;
    for (const auto& [name, value] : columns) update->bind(place++, value);
    update->bind(place, run_id);
    update->run();
}

/// What is said of metrics that are replaced.
void delete_remarks(sql::Connection& connection, const Record& before, const Remarks& remarks) {
    const std::string_view run_id = before.request.run_id;
    std::vector<std::string> columns;
    {
        const auto missing = connection.reuse("SELECT \"column\" FROM missing WHERE run_id = ?");
        missing->bind_all(run_id);
        while (missing->step())
            if (!protocol::is_fixed_column(missing->text(0))) columns.push_back(missing->text(0));
    }
    for (const std::string& column : columns)
        connection.reuse("DELETE FROM missing WHERE run_id = ? AND \"column\" = ?")
            ->bind_all(run_id, std::string_view(column))
            .run();
    for (const std::string& text : remarks.warnings)
        connection.reuse("DELETE FROM warnings WHERE run_id = ? AND text = ?")
            ->bind_all(run_id, std::string_view(text))
            .run();
    for (const protocol::Capture& capture : before.request.capture) {
        const std::string begin = fmt::format("'{}' came ", capture.metric);
        connection.reuse("DELETE FROM warnings WHERE run_id = ?1 AND substr(text, 1, length(?2)) = ?2")
            ->bind_all(run_id, std::string_view(begin))
            .run();
    }
}

}  // namespace

void rewrite_metrics(sql::Connection& connection, const run::ReadAgain& read) {
    const std::string_view run_id = read.after.request.run_id;
    ColumnRegistry registry(connection);
    Remarks former{{}, read.before.warnings};
    const OwnColumns own_before(registry, read.before, former);
    delete_remarks(connection, read.before, former);
    connection.reuse("DELETE FROM metrics WHERE run_id = ?")->bind_all(run_id).run();
    Remarks remarks{{}, read.after.warnings};
    for (const auto& [column, why] : read.after.measurement.missing)
        if (!protocol::is_fixed_column(column)) remarks.missing.emplace(column, why);
    const OwnColumns own(registry, read.after, remarks);
    update_run(connection, run_id, columns_after(connection, read.after, own));
    insert_metrics(connection, read.after);
    insert_remarks(connection, run_id, remarks);
}

void write_record(sql::Connection& connection, const Record& record) {
    Remarks remarks{record.measurement.missing, record.warnings};
    if (!record.request.no_revision.empty())
        remarks.missing.emplace(protocol::kRevision, record.request.no_revision);
    ColumnRegistry registry(connection);
    const OwnColumns own(registry, record, remarks);
    connection.reuse("UPDATE runs SET latest = 0 WHERE sweep = ? AND cell = ? AND repeat = ? AND latest = 1")
        ->bind_all(std::string_view(record.request.sweep), std::string_view(record.request.cell),
                   record.request.repeat)
        .run();
    NamedValues columns = fixed_columns(record);
    columns.insert(columns.end(), own.columns().begin(), own.columns().end());
    insert_run(connection, columns);
    if (record.observation) write_observation(connection, record.request.sweep, *record.observation);
    insert_details(connection, record);
    insert_remarks(connection, record.request.run_id, remarks);
}

}  // namespace tidemark::store
