#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sweep_ledger.hpp"
#include "support/golden.hpp"
#include "support/places.hpp"
#include "support/workspace.hpp"
#include "tables/report_document.hpp"

namespace tidemark::tables {
namespace {

using protocol::ParameterType;
using protocol::Unit;

/// The part of the trainer's description that configs/cifar10_memory.yaml leans on.
sweep::WorkloadCatalogue trainer() {
    protocol::WorkloadDescription train;
    train.workload = "train";
    train.program = "/example/tidemark-train";
    train.build_id = "b1";
    const auto add = [&](const char* name, ParameterType type, const Value& value) {
        protocol::ParameterDescription parameter;
        parameter.name = name;
        parameter.type = type;
        parameter.default_value = value;
        train.parameters.push_back(parameter);
    };
    for (const char* name : {"model", "dataset"}) add(name, ParameterType::Text, std::string("h2q"));
    add("allocator", ParameterType::Text, std::string("glibc"));
    for (const char* name : {"hidden", "depth", "train_samples", "test_samples", "epochs", "seed",
                             "batch_size", "accumulation", "workers"})
        add(name, ParameterType::Integer, std::int64_t{1});
    for (const char* name : {"lr", "weight_decay"}) add(name, ParameterType::Number, 1e-3);
    add("drop_last", ParameterType::Boolean, false);
    add("data_dir", ParameterType::Path, Value());
    train.repeats_note = {"not of the training (repeats share the seed)",
                          "而非训练的区间（各次重复使用同一随机种子）"};
    train.metrics = {{"accuracy", Unit::Fraction, "", true}, {"params", Unit::Count, "", true}};
    sweep::WorkloadCatalogue catalogue;
    catalogue.add(train);
    train.workload = "train-pytorch";
    train.program = "/example/train_cifar10.py";
    catalogue.add(train);
    return catalogue;
}

/// What each of the document's runs took, in a story that has every kind of outcome: the original is killed
/// for its memory.
struct Story {
    double batch = 0;
    std::int64_t peak = 0;
    double images_per_s = 0;
    std::vector<double> accuracy;  ///< by epoch; empty: it was killed
};
const std::map<std::string, Story> kStories{
    {"original", {128, 6'000'000'000, 0, {}}},
    {"optimized", {16, 900'000'000, 200, {.30, .45, .55, .60, .65, .68, .70, .72, .85, .87}}},
    {"optimized_mmap", {16, 700'000'000, 100, {.30, .45, .55, .60, .65, .68, .70, .72, .85, .87}}},
    {"baseline_original", {128, 535'000'000, 900, {.30, .40, .45, .50, .52, .54, .56, .58, .60, .62}}},
};  // baseline_optimized is not made

run::Record record_of(const sweep::Sweep& sweep, const sweep::RunSpec& spec, const Story& story, int repeat) {
    run::Record record;
    record.request = sweep.request(spec);
    record.request.run_id = fmt::format("id-{}-{}", spec.run, repeat);
    record.request.invocation = "invocation-1";
    record.request.key = to_text(sweep.key(spec));
    record.request.repeat = repeat;
    record.directory = "/no/such/folder";
    protocol::Measurement& measured = record.measurement;
    measured.started_at = "2026-01-23T14:05:09.123Z";
    measured.wall_s = 2456.7;
    measured.peak_rss_bytes = measured.peak_rss_low_bytes = measured.peak_rss_high_bytes = story.peak;
    measured.final_rss_bytes = story.peak / 2;
    measured.peak_swap_bytes = 0;
    if (story.accuracy.empty()) {
        record.outcome = run::OutOfMemory{"killed by the kernel: memory limit of 6 GB"};
        return record;
    }
    record.outcome = run::Exited{0};
    record.phases = {{"import", Seconds{0}, Seconds{1}, 150'000'000, 160'000'000, 160'000'000, 160'000'000},
                     {"train", Seconds{1}, Seconds{2000}, story.peak, story.peak, story.peak, story.peak}};
    record.samples = {{0.5, 150'000'000, 1}, {1500, story.peak - 10'000'000, 1}, {2400, story.peak / 2, 1}};
    for (std::size_t epoch = 1; epoch <= story.accuracy.size(); ++epoch) {
        record.metrics.push_back({"accuracy", story.accuracy[epoch - 1], static_cast<std::int64_t>(epoch)});
        record.metrics.push_back(
            {"loss", 2.0 / static_cast<double>(epoch), static_cast<std::int64_t>(epoch)});
    }
    record.final_metrics = {{"accuracy", story.accuracy.back()},
                            {"loss", 0.2},
                            {"params", 13957074},
                            {"images_per_s", story.images_per_s},
                            {"epoch_s", 50000 / story.images_per_s},
                            {"model_bytes", 223'000'000},
                            {"activation_bytes", story.batch * 3e6},
                            {"overhead_bytes", 200'000'000},
                            {"predicted_model_bytes", 167'484'888},
                            {"predicted_activation_bytes", story.batch * 3'125'000},
                            {"predicted_total_bytes", 167'484'888 + story.batch * 3'125'000}};
    return record;
}

/// The tables of the source document, from a database that holds the story.
class DocumentReport : public testing::Test {
  protected:
    DocumentReport() {
        store::Invocation invocation;
        invocation.invocation_id = "invocation-1";
        invocation.sweep = sweep_.name();
        invocation.provenance = {{"train_libtorch", std::string("1.13.0")},
                                 {"available_bytes", std::int64_t{8'000'000'000}}};
        store::SweepLedger ledger(database_, invocation, false);
        for (const sweep::RunSpec& spec : sweep_.runs()) {
            const auto story = kStories.find(spec.run);
            if (story == kStories.end()) continue;
            for (int repeat = 1; repeat <= sweep_.repeat(); ++repeat)
                ledger.record(record_of(sweep_, spec, story->second, repeat));
        }
    }

    std::string rendered(Language language) {
        results::CurrentResults results(database_.connection(),
                                        results::expectation_of(sweep_, results::Program::Present));
        report::Document document = report_document(sweep_, results, language);
        document.origin.clear();  // names this build
        std::ostringstream out;
        report::render(document, report::Format::Markdown, out);
        return out.str();
    }

    test::Workspace workspace_;
    sweep::WorkloadCatalogue catalogue_ = trainer();
    sweep::Sweep sweep_ = sweep::Sweep::load(test::source_dir() + "/configs/cifar10_memory.yaml", catalogue_,
                                             {.set = {"data_dir=/data", "train_samples=0", "epochs=10"},
                                              .only = {},
                                              .allow_many = false,
                                              .caller_directory = "/"});
    store::Database database_ = store::Database::open_or_create(workspace_ / "tidemark.db");
};

TEST_F(DocumentReport, HasAllTablesOfTheDocument) {
    test::expect_golden("document.en.md", rendered(Language::English));
}

TEST_F(DocumentReport, HasThemInChinese) {
    test::expect_golden("document.zh.md", rendered(Language::Chinese));
}

}  // namespace
}  // namespace tidemark::tables
