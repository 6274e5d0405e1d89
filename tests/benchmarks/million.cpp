// Makes a database of many finished runs, for million.sh: sweeps of 1000 runs each, with metrics, phases and
// samples, written as batches of records. The last sweep is that of the sweep file, with its present keys, so
// that `check` finds it. Prints how many records were written a second.
//
//   benchmark_million DATABASE SWEEP_FILE RUNS
#include <cstdio>
#include <random>
#include <string>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/identifier.hpp"
#include "store/baselines.hpp"
#include "store/database.hpp"
#include "store/write_record.hpp"
#include "sweep/sweep.hpp"

namespace {

using namespace tidemark;

constexpr int kBatch = 20'000;

class Maker {
  public:
    Maker(store::Database& database, const sweep::Sweep& sweep) : database_(database), sweep_(sweep) {
        for (const sweep::RunSpec& run : sweep.runs()) keys_.push_back(to_text(sweep.key(run)));
    }

    std::size_t runs_of_a_sweep() const {
        return sweep_.runs().size() * static_cast<std::size_t>(sweep_.repeat());
    }

    /// All runs of one sweep, named as told.
    void make(const std::string& name) {
        for (int repeat = 1; repeat <= sweep_.repeat(); ++repeat) {
            for (std::size_t i = 0; i < sweep_.runs().size(); ++i) add(name, i, repeat);
        }
    }

    void flush() {
        if (records_.empty()) return;
        const Seconds begin = monotonic_now();
        sql::Transaction transaction(database_.connection());
        for (const run::Record& record : records_) store::write_record(database_.connection(), record);
        transaction.commit();
        written_ += records_.size();
        seconds_ += monotonic_now().value - begin.value;
        records_.clear();
    }

    double rate() const { return static_cast<double>(written_) / seconds_; }

  private:
    void add(const std::string& name, std::size_t index, int repeat) {
        run::Record& record = records_.emplace_back();
        record.request = sweep_.request(sweep_.runs()[index]);
        record.request.sweep = name;
        record.request.run_id = fmt::format("{}-{:08}", prefix_, ++count_);
        record.request.key = keys_[index];
        record.request.repeat = repeat;
        record.outcome = run::Exited{0};
        protocol::Measurement& measured = record.measurement;
        measured.started_at = utc_now();
        measured.wall_s = 10 * (1 + noise_(random_));
        measured.user_s = 9 * (1 + noise_(random_));
        measured.system_s = 1;
        measured.peak_rss_bytes = static_cast<std::int64_t>(300e6 * (1 + noise_(random_) / 10));
        measured.peak_rss_low_bytes = measured.peak_rss_high_bytes = measured.peak_rss_bytes;
        measured.memory_method = "cgroup v2";
        for (std::int64_t epoch = 1; epoch <= 2; ++epoch)
            record.metrics.push_back({"accuracy", 0.4 + 0.1 * static_cast<double>(epoch), epoch});
        record.final_metrics = {{"accuracy", 0.6}, {"images_per_s", 100 + noise_(random_)}};
        record.phases = {{"data", Seconds{0}, Seconds{1}}, {"train", Seconds{1}, Seconds{9}}};
        record.samples = {{0.1, 100'000'000, 1}, {5, 290'000'000, 1}};
        if (records_.size() == kBatch) flush();
    }

    store::Database& database_;
    const sweep::Sweep& sweep_;
    std::vector<std::string> keys_;
    std::vector<run::Record> records_;
    std::string prefix_ = new_identifier();
    std::size_t count_ = 0;
    std::size_t written_ = 0;
    double seconds_ = 0;
    std::mt19937_64 random_{1};
    std::normal_distribution<double> noise_{0, 0.01};
};

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): what it throws may end it
    if (argc != 4) {
        fmt::print(stderr, "usage: benchmark_million DATABASE SWEEP_FILE RUNS\n");
        return 2;
    }
    auto database = store::Database::open_or_create(argv[1]);
    const sweep::Sweep sweep = sweep::Sweep::load(argv[2], sweep::WorkloadCatalogue{}, {});
    Maker maker(database, sweep);
    const std::size_t sweeps = std::stoul(argv[3]) / maker.runs_of_a_sweep();
    for (std::size_t i = 1; i < sweeps; ++i) maker.make(fmt::format("other-{}", i));
    maker.make(sweep.name());
    maker.flush();
    store::save_baseline(database, "main", sweep.name());
    maker.make(sweep.name());
    maker.flush();
    fmt::print("written: {:.0f} records a second, in batches of {}\n", maker.rate(), kBatch);
}
