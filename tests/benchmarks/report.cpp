// Makes the database of report.sh: one sweep of a thousand runs, as the sweep file has them now, with
// metrics, phases and samples, and after it copies of its rows under other names, until there are as many as
// asked for.
//
//   benchmark_report DATABASE SWEEP_FILE RUNS
#include <random>
#include <string>

#include <fmt/format.h>

#include "store/database.hpp"
#include "store/write_record.hpp"
#include "sweep/sweep.hpp"

namespace {

using namespace tidemark;

constexpr int kSamples = 200;
constexpr std::int64_t kEpochs = 5;

/// A run of 20 seconds or so, with what a training program says of it.
run::Record record_of(const protocol::Request& request, std::mt19937_64& random) {
    std::normal_distribution<double> noise(1, 0.01);
    run::Record record;
    record.request = request;
    record.directory = "/runs/" + request.run_id;
    record.outcome = run::Exited{0};
    protocol::Measurement& measured = record.measurement;
    measured.started_at = "2026-01-23T14:05:09.123Z";
    measured.wall_s = 20 * noise(random);
    measured.user_s = 18 * noise(random);
    measured.peak_rss_bytes = static_cast<std::int64_t>(300e6 * noise(random));
    measured.peak_rss_low_bytes = measured.peak_rss_high_bytes = measured.peak_rss_bytes;
    for (std::int64_t epoch = 1; epoch <= kEpochs; ++epoch)
        record.metrics.push_back({"accuracy", 0.1 * static_cast<double>(epoch) * noise(random), epoch});
    record.final_metrics = {{"accuracy", 0.5}, {"images_per_s", 100 * noise(random)}, {"model_bytes", 100e6}};
    record.phases = {{"data", Seconds{0}, Seconds{1}, {}, {}, {}, {}},
                     {"train", Seconds{1}, Seconds{19}, {}, {}, {}, {}}};
    for (int i = 0; i < kSamples; ++i) record.samples.push_back({0.1 * i, 200'000'000 + 100'000 * i, 1});
    return record;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        fmt::print(stderr, "usage: benchmark_report DATABASE SWEEP_FILE RUNS\n");
        return 2;
    }
    auto database = store::Database::open_or_create(argv[1]);
    const sweep::Sweep sweep = sweep::Sweep::load(argv[2], sweep::WorkloadCatalogue{}, {});
    std::mt19937_64 random(1);
    sql::Connection& connection = database.connection();
    {
        sql::Transaction transaction(connection);
        for (int repeat = 1; repeat <= sweep.repeat(); ++repeat) {
            for (const sweep::RunSpec& run : sweep.runs()) {
                protocol::Request request = sweep.request(run);
                request.run_id = fmt::format("{}-{}", to_text(run.cell), repeat);
                request.key = to_text(sweep.key(run));
                request.repeat = repeat;
                store::write_record(connection, record_of(request, random));
            }
        }
        transaction.commit();
    }
    const std::size_t own = sweep.runs().size() * static_cast<std::size_t>(sweep.repeat());
    connection.execute(fmt::format("CREATE TEMP TABLE copy AS SELECT * FROM runs WHERE sweep = {}",
                                   sql::quoted_text(sweep.name())));
    sql::Statement rename =
        connection.prepare("UPDATE temp.copy SET sweep = ?1, run_id = ?1 || '-' || rowid");
    sql::Statement append = connection.prepare("INSERT INTO main.runs SELECT * FROM temp.copy");
    sql::Transaction transaction(connection);
    for (std::size_t other = 1; other < std::stoul(argv[3]) / own; ++other) {
        rename.bind_all(fmt::format("other-{}", other).c_str());
        rename.run();
        append.run();
    }
    transaction.commit();
    fmt::print("{} runs\n", std::get<std::int64_t>(connection.value_of("SELECT count(*) FROM runs")));
}
