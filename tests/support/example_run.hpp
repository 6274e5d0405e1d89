#pragma once

#include <string>

#include "base/files.hpp"
#include "protocol/measurement.hpp"
#include "protocol/request.hpp"
#include "run/record.hpp"
#include "run/run_directory.hpp"

namespace tidemark::test {

/// When the examples' runs start, on CLOCK_MONOTONIC.
inline constexpr double kExampleStart = 1000;

inline protocol::Request example_request(const std::string& run_id) {
    protocol::Request request;
    request.run_id = run_id;
    request.invocation = "invocation1";
    request.sweep = "example";
    request.run = "batch_size=16";
    request.cell = "cell1";
    request.key = "key1";
    request.parameters = {{"batch_size", std::int64_t{16}}};
    request.command = {"/bin/true"};
    return request;
}

/// Of a run of two seconds that ended well.
inline protocol::Measurement example_measurement() {
    protocol::Measurement measured;
    measured.started_at = "2026-01-23T14:05:09.123Z";
    measured.started_t = kExampleStart;
    measured.wall_s = 2;
    measured.user_s = 1.5;
    measured.system_s = 0.25;
    measured.peak_rss_bytes = measured.peak_rss_low_bytes = measured.peak_rss_high_bytes = 3 << 20;
    measured.major_faults = 0;
    measured.memory_method = "wait4";
    measured.missing["peak_swap_bytes"] = "not measured by the method wait4";
    return measured;
}

/// A record as it is read from the directory of such a run.
inline run::Record example_record(const std::string& run_id) {
    run::Record record;
    record.request = example_request(run_id);
    record.directory = "/no/such/folder/" + run_id;
    record.outcome = run::Exited{0};
    record.measurement = example_measurement();
    return record;
}

/// Makes the directory of a run, as the runner and the warden leave it.
inline run::RunDirectory make_run_directory(const std::filesystem::path& parent,
                                            const protocol::Request& request,
                                            const protocol::Measurement& measured) {
    run::RunDirectory directory = run::RunDirectory::create(parent, request);
    write_file(directory.measurement(), protocol::to_json_text(measured));
    return directory;
}

}  // namespace tidemark::test
