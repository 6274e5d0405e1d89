#include <cstdlib>
#include <filesystem>
#include <set>

#include <dlfcn.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "protocol/description.hpp"
#include "protocol/request.hpp"
#include "protocol/result_columns.hpp"
#include "support/places.hpp"
#include "trainer/describe.hpp"
#include "trainer/memory/allocator.hpp"
#include "trainer/parameters.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Finished {
    int exit_code = -1;
    std::string out;
    std::string err;
};

/// Runs the real program with arguments as the shell reads them, `before` in front of it.
Finished tidemark_train(const std::string& arguments, const std::string& before = "") {
    const TemporaryFolder folder;
    const std::string command = before + " '" + test::binary_dir() + "/libexec/tidemark/tidemark-train' " +
                                arguments + " >'" + (folder / "out").string() + "' 2>'" +
                                (folder / "err").string() + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder / "out").value_or(""),
            read_file(folder / "err").value_or("")};
}

constexpr const char* kSmall =
    "--model baseline --hidden 16 --batch-size 4 --train-samples 8 --test-samples=8 --epochs 1 --threads 1";

TEST(Description, SurvivesTheRoundTrip) {
    const nlohmann::json json = protocol::to_json(describe());
    EXPECT_EQ(protocol::to_json(protocol::description_from_json(json)), json);
}

TEST(Description, HasNamesThatMayBeColumnsEachOnce) {
    std::set<std::string> names(protocol::kResultColumns.begin(), protocol::kResultColumns.end());
    names.insert(protocol::further_result_columns().begin(), protocol::further_result_columns().end());
    const auto description = describe();
    for (const auto& parameter : description.parameters) {
        EXPECT_TRUE(protocol::is_valid_name(parameter.name)) << parameter.name;
        EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
        EXPECT_THAT(parameter.meaning, testing::Not(IsEmpty())) << parameter.name;
    }
    for (const auto& metric : description.metrics) {
        EXPECT_TRUE(protocol::is_valid_name(metric.name)) << metric.name;
        EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    }
}

TEST(Description, HasDefaultsThatItAcceptsItself) {
    for (const auto& parameter : describe().parameters)
        EXPECT_EQ(protocol::check(parameter, parameter.default_value).value, parameter.default_value)
            << parameter.name;
}

TEST(Description, WarnsOfSyntheticData) {
    EXPECT_EQ(describe().parameter("dataset")->caveats.at("synthetic").text,
              "synthetic data, made up by tidemark: its accuracies say nothing about real images");
}

TEST(Description, IsStoredBesideTheProgramAsItTellsIt) {
    const Finished told = tidemark_train("--describe");
    EXPECT_EQ(told.exit_code, 0);
    EXPECT_EQ(told.out, read_file(test::binary_dir() + "/share/tidemark/workloads/train.json"));
    const auto description = protocol::description_from_json(nlohmann::json::parse(told.out));
    EXPECT_EQ(description.workload, "train");
    EXPECT_TRUE(std::filesystem::equivalent(
        std::filesystem::path(test::binary_dir() + "/share/tidemark/workloads") / description.program,
        test::binary_dir() + "/libexec/tidemark/tidemark-train"));
    EXPECT_THAT(description.versions.at("libtorch"), testing::ContainsRegex("^[0-9]+\\.[0-9]+"));
    EXPECT_THAT(description.versions.at("blas"), HasSubstr("/lib"));
    EXPECT_THAT(description.versions.at("compiler"), testing::ContainsRegex("^(GCC|Clang) [0-9]"));
}

TEST(Description, CarriesTheBuildIdThatTheLinkerMade) {
    const TemporaryFolder folder;
    const std::string notes = (folder / "notes").string();
    const std::string command = "readelf --notes '" + test::binary_dir() +
                                "/libexec/tidemark/tidemark-train' > '" + notes + "' 2>/dev/null";
    if (std::system(command.c_str()) != 0) GTEST_SKIP() << "needs readelf (binutils)";
    const auto description = protocol::description_from_json(nlohmann::json::parse(
        read_file(test::binary_dir() + "/share/tidemark/workloads/train.json").value()));
    EXPECT_THAT(description.build_id, testing::MatchesRegex("[0-9a-f]+"));
    EXPECT_EQ(description.build_id.size(), 40);
    EXPECT_THAT(read_file(notes).value_or(""), HasSubstr("Build ID: " + description.build_id));
}

TEST(Program, SaysEverythingThatIsWrongWithItsOptionsAtOnce) {
    const Finished finished = tidemark_train(
        "--batch-size 0 --batch-sise 3 --lr fast --model h2 --epochs 1.5 stray --augment=maybe --drop-last "
        "yes --depth 6 --seed");
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_EQ(finished.err,
              "tidemark-train: batch_size: must be an integer from 1 to 65536, not 0\n"
              "tidemark-train: unknown parameter 'batch_sise' (did you mean 'batch_size'?)\n"
              "tidemark-train: lr: must be a number from 0 to 100, not 'fast'\n"
              "tidemark-train: model: must be one of h2q, baseline, resnet18, mlp, h2q+baseline or "
              "script:FILE, not 'h2' "
              "(did you mean 'h2q'?)\n"
              "tidemark-train: epochs: must be an integer from 0 to 100000, not 1.5\n"
              "tidemark-train: 'stray' is not an option; they are written --batch-size 16\n"
              "tidemark-train: augment: must be true or false, not 'maybe'\n"
              "tidemark-train: 'yes' is not an option; they are written --batch-size 16\n"
              "tidemark-train: depth: must be an integer from 1 to 5, not 6\n"
              "tidemark-train: --seed needs a value\n"
              "tidemark-train --help lists the parameters\n");
}

TEST(Program, RefusesWhatTheModelHasNot) {
    const Finished finished = tidemark_train("--model baseline --depth 3 --formulation lean --norm group");
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.err,
              "tidemark-train: depth: the model 'baseline' has no depth; h2q and mlp have\n"
              "tidemark-train: formulation: the model 'baseline' has no formulation; h2q has\n"
              "tidemark-train --help lists the parameters\n");
    EXPECT_EQ(tidemark_train(std::string(kSmall) + " --depth 4 --formulation plain").exit_code, 0)
        << "the defaults suit every model";
}

TEST(Program, TrainsEveryBuiltInModel) {
    for (const char* model : {"h2q", "resnet18", "mlp"}) {
        const Finished finished = tidemark_train(
            "--batch-size 4 --train-samples 8 --test-samples=8 --epochs 1 --threads 1 --model " +
            std::string(model) + (std::string(model) == "resnet18" ? "" : " --hidden 16"));
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
    }
}

TEST(Program, ExplainsEveryParameter) {
    const Finished finished = tidemark_train("--help");
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.err, IsEmpty());
    for (const auto& parameter : parameters()) {
        EXPECT_THAT(finished.out, HasSubstr("\n  --" + parameter.description.name + " "));
        EXPECT_THAT(finished.out, HasSubstr(parameter.description.meaning));
    }
}

TEST(Program, SaysInOneLineWhyItCannotTrain) {
    const Finished finished = tidemark_train("--hidden 44");
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_EQ(
        finished.err,
        "tidemark-train: h2q cannot divide 88 channels into 5 groups at hidden 44; choose a multiple of 16 "
        "for hidden\n");
}

TEST(Program, TestsTheWeightsThatItHasKeptToTheSameFigures) {
    const TemporaryFolder folder;
    const std::string there = "cd '" + folder.path().string() + "' && ";
    const auto run = [&](const std::string& more, const char* events) {
        const Finished finished = tidemark_train(kSmall + more, there + "TIDEMARK_EVENTS=" + events);
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        return read_events(folder / events);
    };
    const auto trained = run(" --save last --epochs 2", "trained.jsonl");
    EXPECT_EQ(fact(trained, "model_file"), Value((folder / "model.pt").string()));
    const auto tested = run(" --init model.pt --epochs 0", "tested.jsonl");
    EXPECT_EQ(series(tested, "test_loss").at(0), series(trained, "test_loss").at(1));
    EXPECT_EQ(series(tested, "accuracy").at(0), series(trained, "accuracy").at(1));
    EXPECT_NE(series(run(" --epochs 0", "random.jsonl"), "test_loss").at(0),
              series(trained, "test_loss").at(1));
    EXPECT_THAT(series(tested, "loss"), IsEmpty()) << "nothing is trained";
}

TEST(Program, ReadsTimesAndSharesWithTheirUnits) {
    const Finished finished = tidemark_train("--checkpoint-every soon --validation 95%");
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, HasSubstr("tidemark-train: checkpoint_every: "));
    EXPECT_THAT(
        finished.err,
        HasSubstr("tidemark-train: validation: must leave images to train with: at most 90 %, not 95%\n"));
}

TEST(Program, KeepsTheFilesOfOneModelAtATime) {
    const Finished finished = tidemark_train(
        "--model h2q+baseline --hidden 16 --train-samples 8 --test-samples 8 --epochs 1 --save last");
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_EQ(
        finished.err,
        "tidemark-train: save, checkpoint_every, resume and init are for one model at a time; give each of "
        "h2q+baseline a run of its own\n");
}

TEST(Program, WritesEventsWhereItIsToldToAndNoneElsewhere) {
    const TemporaryFolder folder;
    const std::string go_there = "cd '" + folder.path().string() + "' && ";
    EXPECT_EQ(tidemark_train(kSmall, go_there + "env -u TIDEMARK_EVENTS -u TIDEMARK_REQUEST").exit_code, 0);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));

    EXPECT_EQ(tidemark_train(kSmall, go_there + "TIDEMARK_EVENTS=events.jsonl").exit_code, 0);
    EXPECT_EQ(series(read_events(folder / "events.jsonl"), "accuracy").size(), 1);
}

TEST(Program, TrainsWithoutEventsThatItCannotWrite) {
    const Finished finished = tidemark_train(kSmall, "TIDEMARK_EVENTS=/nowhere/events.jsonl");
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_EQ(finished.err,
              "tidemark-train: cannot write events to /nowhere/events.jsonl: No such file or directory\n");
}

protocol::Request request() {
    protocol::Request request;
    request.run_id = "r1";
    request.sweep = "s";
    request.run = "small";
    request.workload = "train";
    request.parameters = {{"engine", Value(std::string("train"))},  // known to the runner alone
                          {"model", Value(std::string("baseline"))},
                          {"hidden", Value(std::int64_t{16})},
                          {"batch_size", Value(std::int64_t{4})},
                          {"train_samples", Value(std::int64_t{8})},
                          {"test_samples", Value(std::int64_t{8})},
                          {"epochs", Value(std::int64_t{1})},
                          {"threads", Value(std::int64_t{1})},
                          {"data_dir", Value()},
                          {"drop_last", Value(true)}};
    return request;
}

TEST(Program, ReadsItsParametersFromTheRunnersRequest) {
    const TemporaryFolder folder;
    write_file(folder / "request.json", protocol::to_json(request()).dump());
    const Finished finished =
        tidemark_train("", "TIDEMARK_REQUEST='" + (folder / "request.json").string() + "'");
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("Baseline CNN on synthetic data\n"));
    EXPECT_THAT(finished.out, HasSubstr("\nTrain batches: 2, test batches: 1, workers: 0\n"));
}

TEST(Program, RefusesARequestThatIsNone) {
    const Finished missing = tidemark_train("", "TIDEMARK_REQUEST=/nowhere/request.json");
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_EQ(missing.err,
              "tidemark-train: cannot read the request /nowhere/request.json: No such file or directory\n"
              "tidemark-train --help lists the parameters\n");
    const TemporaryFolder folder;
    write_file(folder / "request.json", "{\"run_id\": ");
    const Finished damaged =
        tidemark_train("", "TIDEMARK_REQUEST='" + (folder / "request.json").string() + "'");
    EXPECT_EQ(damaged.exit_code, 2);
    EXPECT_THAT(damaged.err, HasSubstr((folder / "request.json").string() + " is not a request: "));
}

TEST(Program, SaysThatMemoryRanOut) {
    const TemporaryFolder folder;
    // a batch of 2,000 images takes 524 MB behind the first convolution alone
    const Finished finished =
        tidemark_train("--batch-size 2000 --epochs 1 --threads 1",
                       "ulimit -v 900000; TIDEMARK_EVENTS='" + (folder / "events.jsonl").string() + "'");
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_THAT(finished.err, HasSubstr("can't allocate memory"));
    EXPECT_THAT(std::get<std::string>(fact(read_events(folder / "events.jsonl"), "out_of_memory")),
                HasSubstr("can't allocate memory"));
}

TEST(Program, StartsAnewWithTheAllocatorThatItShallUse) {
    for (const Allocator& allocator : allocators()) {
        if (!allocator.library.empty()) {
            void* library = dlopen(allocator.library.c_str(), RTLD_LAZY | RTLD_LOCAL);
            if (library == nullptr) continue;  // this machine does not have it
        }
        const TemporaryFolder folder;
        const Finished finished =
            tidemark_train(std::string(kSmall) + " --cleanup 1 --allocator " + allocator.name,
                           "TIDEMARK_EVENTS='" + (folder / "events.jsonl").string() + "'");
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        EXPECT_EQ(fact(read_events(folder / "events.jsonl"), "malloc"), Value(allocator.name));
    }
}

TEST(Program, LeavesASettingOfTheCLibrarysMallocAsItIs) {
    const TemporaryFolder folder;
    const Finished finished = tidemark_train(
        std::string(kSmall) + " --allocator glibc",
        "MALLOC_MMAP_THRESHOLD_=131072 TIDEMARK_EVENTS='" + (folder / "events.jsonl").string() + "'");
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(fact(read_events(folder / "events.jsonl"), "malloc"), Value("glibc_mmap"));
}

TEST(Program, NamesThePackageOfAnAllocatorThatIsMissing) {
    // as the dynamic linker leaves things where it does not find what it shall preload
    const Finished finished =
        tidemark_train(std::string(kSmall) + " --allocator mimalloc", "TIDEMARK_TRAIN_STARTED_ANEW=1");
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_EQ(finished.err,
              "tidemark-train: allocator mimalloc: libmimalloc.so.2 cannot be loaded; on Debian it is in the "
              "package libmimalloc2.0: sudo apt-get install libmimalloc2.0\n");
}

TEST(Description, BringsTheEnvironmentOfAnAllocator) {
    const auto description = describe();
    const auto& environment = description.parameter("allocator")->environment;
    EXPECT_EQ(environment.at("tcmalloc").at("LD_PRELOAD"), "libtcmalloc_minimal.so.4");
    EXPECT_EQ(environment.at("jemalloc").at("LD_PRELOAD"), "libjemalloc.so.2");
    EXPECT_EQ(environment.at("mimalloc").at("LD_PRELOAD"), "libmimalloc.so.2");
    EXPECT_EQ(environment.at("glibc_mmap").at("MALLOC_MMAP_THRESHOLD_"), "131072");
    EXPECT_FALSE(environment.contains("glibc"));
}

}  // namespace
}  // namespace tidemark::trainer
