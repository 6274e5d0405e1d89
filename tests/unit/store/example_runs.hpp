#pragma once

#include <string>
#include <utility>
#include <vector>

#include "run/record.hpp"
#include "store/database.hpp"
#include "store/sweep_ledger.hpp"

namespace tidemark::store {

/// The request of a run of the sweep "sizes", as the expansion would make it.
inline protocol::Request example_request(const std::string& run, int repeat = 1) {
    protocol::Request request;
    request.run_id = "id-" + run + "-" + std::to_string(repeat);
    request.invocation = "invocation-1";
    request.sweep = "sizes";
    request.run = run;
    request.cell = "cell-of-" + run;
    request.key = "key-of-" + run;
    request.repeat = repeat;
    request.command = {"python3", "train.py"};
    request.working_directory = "/home/ada/sizes";
    return request;
}

/// A run that ended well, with every fixed column filled.
inline run::Record example_record(const protocol::Request& request) {
    run::Record record;
    record.request = request;
    record.directory = "/home/ada/results/runs/" + request.run_id;
    record.outcome = run::Exited{0};
    record.measurement.started_at = "2026-01-23T14:05:09.123Z";
    record.measurement.wall_s = 2.5;
    record.measurement.user_s = 2.25;
    record.measurement.system_s = 0.125;
    record.measurement.initial_rss_bytes = 1000;
    record.measurement.final_rss_bytes = 2000;
    record.measurement.peak_rss_bytes = 3000;
    record.measurement.peak_rss_low_bytes = 2900;
    record.measurement.peak_rss_high_bytes = 3100;
    record.measurement.peak_cgroup_bytes = 4000;
    record.measurement.peak_swap_bytes = 0;
    record.measurement.major_faults = 7;
    record.measurement.memory_method = "cgroup v2";
    record.measurement.peak_anonymous_bytes = 2000;
    record.measurement.peak_shared_bytes = 500;
    record.measurement.peak_file_bytes = 400;
    record.measurement.peak_cache_bytes = 9000;
    record.measurement.memory_limit_reached = true;
    record.measurement.minor_faults = 70;
    record.measurement.voluntary_switches = 5;
    record.measurement.involuntary_switches = 6;
    record.measurement.read_bytes = 4096;
    record.measurement.written_bytes = 8192;
    record.measurement.swapped_in_bytes = 12288;
    record.measurement.swapped_out_bytes = 16384;
    record.measurement.memory_stall_s = 0.5;
    record.measurement.throttled_s = 0.25;
    return record;
}

inline Invocation example_invocation(const std::string& id = "invocation-1") {
    Invocation invocation;
    invocation.invocation_id = id;
    invocation.sweep = "sizes";
    invocation.description = "One size and another";
    invocation.file = "/home/ada/sizes/sizes.yaml";
    invocation.command_line = "tidemark run sizes.yaml";
    invocation.working_directory = "/home/ada/sizes";
    invocation.planned = 2;
    invocation.provenance = {{"kernel", "6.1.0"}, {"cores", std::int64_t{2}}};
    return invocation;
}

/// All rows that `sql` yields, as text: a row's values are joined by " | ", null is "null".
inline std::vector<std::string> rows_of(sql::Connection& connection, const std::string& sql) {
    sql::Statement rows = connection.prepare(sql);
    std::vector<std::string> out;
    while (rows.step()) {
        std::string line;
        for (int column = 0; column < rows.column_count(); ++column) {
            line += (column == 0 ? "" : " | ") + to_text(rows.value(column));
        }
        out.push_back(line);
    }
    return out;
}

inline std::vector<std::string> columns_of(sql::Connection& connection, const std::string& view) {
    const sql::Statement row = connection.prepare("SELECT * FROM " + view);
    std::vector<std::string> out;
    for (int column = 0; column < row.column_count(); ++column) out.push_back(row.column_name(column));
    return out;
}

}  // namespace tidemark::store
