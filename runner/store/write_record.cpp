#include "store/write_record.hpp"

#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "protocol/request.hpp"
#include "store/column_registry.hpp"

namespace tidemark::store {
namespace {

using run::Record;

/// Column → why it is null, and what else has to be said about the run.
struct Remarks {
    std::map<std::string, std::string> missing;
    std::vector<std::string> warnings;
};

std::string why_taken(const std::string& name, ColumnKind kind) {
    if (kind == ColumnKind::Parameter) {
        return fmt::format(
            "parameter '{}' has no column of its own: another sweep of this database has a metric of that "
            "name",
            name);
    }
    return fmt::format(
        "metric '{}' has no column of its own: the name belongs to a parameter or a fixed column; see the "
        "table "
        "metrics",
        name);
}

/// The parameter and metric columns of a record with their values.
class OwnColumns {
  public:
    OwnColumns(ColumnRegistry& registry, const Record& record, Remarks& remarks)
        : registry_(registry), remarks_(remarks) {
        for (const auto& [name, value] : record.request.parameters) add(name, ColumnKind::Parameter, value);
        for (const auto& [name, value] : record.final_metrics) {
            if (std::isnan(value)) remarks.missing[name] = "not a number";
            add(name, ColumnKind::Metric, value);
        }
        registry.finish();
        if (without_room_ == 0) return;
        remarks.warnings.push_back(
            fmt::format("{} of this run's parameters and metrics have no column of their own, because the "
                        "database holds its most, {}; the first is '{}'; see the table metrics",
                        without_room_, kMostOwnColumns, first_without_room_));
    }

    const std::vector<std::pair<std::string, Value>>& columns() const { return columns_; }

  private:
    void add(const std::string& name, ColumnKind kind, const Value& value) {
        switch (registry_.require(name, kind)) {
            case ColumnAnswer::Granted:
                columns_.emplace_back(physical_name(name, kind), value);
                return;
            case ColumnAnswer::Taken:
                remarks_.warnings.push_back(why_taken(name, kind));
                return;
            case ColumnAnswer::NoRoom:
                if (without_room_++ == 0) first_without_room_ = name;
                return;
        }
    }

    ColumnRegistry& registry_;
    Remarks& remarks_;
    std::vector<std::pair<std::string, Value>> columns_;
    std::size_t without_room_ = 0;
    std::string first_without_room_;
};

void insert_run(sql::Connection& connection, const Record& record,
                const std::vector<std::pair<std::string, Value>>& own) {
    const protocol::Request& request = record.request;
    const protocol::Measurement& measured = record.measurement;
    std::string names, marks;
    for (const auto& [name, value] : own) {
        names += ", " + name;
        marks += ", ?";
    }
    const auto insert = connection.reuse(fmt::format(
        "INSERT INTO runs(run_id, sweep, run, cell, key, repeat, status, reason, exit_code, "
        "signal, started_at, wall_s, "
        "user_s, system_s, initial_rss_bytes, final_rss_bytes, peak_rss_bytes, "
        "peak_rss_low_bytes, peak_rss_high_bytes, "
        "peak_cgroup_bytes, peak_swap_bytes, major_faults, memory_method, "
        "peak_anonymous_bytes, peak_shared_bytes, peak_file_bytes, peak_cache_bytes, "
        "memory_limit_reached, minor_faults, voluntary_switches, involuntary_switches, "
        "read_bytes, written_bytes, swapped_in_bytes, swapped_out_bytes, memory_stall_s, "
        "throttled_s, invocation_id, workload, directory, request, measurement{}) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?{})",
        names, marks));
    const auto optional_integer = [](const std::optional<int>& number) {
        return number ? std::optional<std::int64_t>(*number) : std::nullopt;
    };
    // a figure that was not measured is null, never a zero
    const auto figure = [&](const char* column, double value) {
        return measured.missing.contains(column) ? Value() : Value(value);
    };
    const Value memory_method = measured.memory_method.empty() ? Value() : Value(measured.memory_method);
    std::optional<std::int64_t> limit_reached;
    if (measured.memory_limit_reached) limit_reached = *measured.memory_limit_reached ? 1 : 0;
    const std::string reason = run::reason(record.outcome);
    const std::string request_json = protocol::to_json(request).dump();
    const std::string measurement_json = protocol::to_json_text(measured);
    insert->bind_all(
        std::string_view(request.run_id), std::string_view(request.sweep), std::string_view(request.run),
        std::string_view(request.cell), std::string_view(request.key), request.repeat,
        run::status(record.outcome), std::string_view(reason),
        optional_integer(run::exit_code(record.outcome)),
        optional_integer(run::signal_number(record.outcome)), std::string_view(measured.started_at),
        figure("wall_s", measured.wall_s), figure("user_s", measured.user_s),
        figure("system_s", measured.system_s), measured.initial_rss_bytes, measured.final_rss_bytes,
        measured.peak_rss_bytes, measured.peak_rss_low_bytes, measured.peak_rss_high_bytes,
        measured.peak_cgroup_bytes, measured.peak_swap_bytes, measured.major_faults, memory_method,
        measured.peak_parts.anonymous, measured.peak_parts.shared, measured.peak_parts.file,
        measured.peak_cache_bytes, limit_reached, measured.minor_faults, measured.voluntary_switches,
        measured.involuntary_switches, protocol::bytes_of_blocks(measured.read_blocks),
        protocol::bytes_of_blocks(measured.written_blocks), measured.swapped_in_bytes,
        measured.swapped_out_bytes, measured.memory_stall_s, measured.surroundings.throttled_s,
        std::string_view(request.invocation), std::string_view(request.workload),
        std::string_view(record.directory), std::string_view(request_json),
        std::string_view(measurement_json));
    int parameter = insert->parameter_count() - static_cast<int>(own.size());
    for (const auto& [name, value] : own) insert->bind(parameter++, value);
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
    const auto sample = connection.reuse("INSERT INTO samples VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const auto& point : record.samples) {
        sample
            ->bind_all(run_id, point.t_s, point.rss_bytes, point.processes, point.parts.anonymous,
                       point.parts.shared, point.parts.file, point.swap_bytes, point.cache_bytes)
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
    ColumnRegistry registry(connection);
    const OwnColumns own(registry, record, remarks);
    connection.reuse("UPDATE runs SET latest = 0 WHERE sweep = ? AND cell = ? AND repeat = ? AND latest = 1")
        ->bind_all(std::string_view(record.request.sweep), std::string_view(record.request.cell),
                   record.request.repeat)
        .run();
    insert_run(connection, record, own.columns());
    insert_details(connection, record);
    insert_remarks(connection, record.request.run_id, remarks);
}

}  // namespace tidemark::store
