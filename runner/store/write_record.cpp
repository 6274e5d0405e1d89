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
std::string key_of(const Record& record) {
    if (!record.observation || record.observation->read.empty()) return record.request.key;
    return to_text(digest_of(record.request.key + observed_set(*record.observation)));
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

void insert_details(sql::Connection& connection, const Record& record) {
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

}  // namespace

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
