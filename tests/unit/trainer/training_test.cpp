#include <cstdlib>
#include <numbers>
#include <sstream>

#include <dlfcn.h>
#include <sched.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "protocol/request.hpp"
#include "trainer/libtorch_version.hpp"
#include "trainer/training/evaluation.hpp"
#include "trainer/training/schedule.hpp"
#include "trainer/training/session.hpp"
#include "trainer/training/train_epoch.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Evaluate, CountsWhatIsRightOverAllBatches) {
    const NumberedImages data(5);  // labels 0 to 4
    LoaderOptions options;
    options.batch_size = 2;
    BatchLoader loader(data, options);
    const Forward zero_or_one = [](const torch::Tensor& images) {
        torch::Tensor scores = torch::zeros({images.size(0), 10});
        scores.select(1, 0).fill_(2);  // says "class 0" of everything, with the same certainty
        return scores;
    };
    const TestFigures figures = evaluate(zero_or_one, loader);
    EXPECT_DOUBLE_EQ(figures.accuracy, 0.2);
    EXPECT_DOUBLE_EQ(figures.balanced_accuracy, 0.2) << "the five classes that have no images do not count";
    EXPECT_EQ(figures.by_class[0], 1.0);
    EXPECT_EQ(figures.by_class[1], 0.0);
    EXPECT_EQ(figures.by_class[5], std::nullopt);
    const double all = std::exp(2.0) + 9;
    EXPECT_NEAR(figures.loss, -(std::log(std::exp(2.0) / all) + 4 * std::log(1 / all)) / 5, 1e-6);
}

TEST(SetComputeThreads, ReallySetsThem) {
    for (const int threads : {1, 2}) {
        set_compute_threads(threads);
        EXPECT_EQ(at::get_num_threads(), threads);
        void* of_openblas = dlsym(RTLD_DEFAULT, "openblas_get_num_threads");
        if (of_openblas != nullptr) {
            EXPECT_EQ(reinterpret_cast<int (*)()>(of_openblas)(), threads);
        }
    }
}

/// A training that takes well under a second, also while other tests keep the processors busy: with several
/// threads it would wait for all of them again and again.
Options small() {
    Options options;
    options.hidden = 16;
    options.depth = 2;
    options.batch_size = 4;
    options.train_samples = 12;
    options.test_samples = 10;
    options.epochs = 2;
    options.threads = 1;
    return options;
}

struct Told {
    std::vector<protocol::Event> events;
    std::string text;
    std::vector<double> losses() const {
        std::vector<double> all = series(events, "loss");
        for (const double loss : series(events, "test_loss")) all.push_back(loss);
        return all;
    }
};

Told train_and_listen(const Options& options) {
    const TemporaryFolder folder;
    const std::filesystem::path file = folder / "events.jsonl";
    setenv(protocol::kEventsVariable, file.c_str(), 1);
    std::ostringstream text;
    {
        EventLog events;
        unsetenv(protocol::kEventsVariable);
        train(options, events, text);
    }
    return {read_events(file), text.str()};
}

TEST(Train, GivesTheSameLossesBitForBitForTheSameSeed) {
    Options options = small();
    options.threads = 2;
    options.train_samples = 8;
    const std::vector<double> losses = train_and_listen(options).losses();
    ASSERT_EQ(losses.size(), 4);
    EXPECT_EQ(train_and_listen(options).losses(), losses);
    options.workers = 2;
    EXPECT_EQ(train_and_listen(options).losses(), losses);
    options.seed = 2;
    EXPECT_NE(train_and_listen(options).losses(), losses);
}

TEST(Train, ListensToEveryParameterThatChangesTheLosses) {
    const std::vector<double> losses = train_and_listen(small()).losses();
    const std::vector<std::pair<std::string, std::function<void(Options&)>>> changes{
        {"model", [](Options& options) { options.model = "baseline"; }},
        {"batch_size", [](Options& options) { options.batch_size = 6; }},
        {"accumulation", [](Options& options) { options.accumulation = 2; }},
        {"train_samples", [](Options& options) { options.train_samples = 8; }},
        {"test_samples", [](Options& options) { options.test_samples = 9; }},
        {"hidden", [](Options& options) { options.hidden = 32; }},
        {"depth", [](Options& options) { options.depth = 1; }},
        {"lr", [](Options& options) { options.lr = 2e-3; }},
        {"weight_decay", [](Options& options) { options.weight_decay = 1; }},
        {"schedule", [](Options& options) { options.schedule = "constant"; }},
        {"momentum",
         [](Options& options) {
             options.optimizer = "sgd";
             options.momentum = 0.9;
         }},
        {"warmup_epochs", [](Options& options) { options.warmup_epochs = 2; }},
        {"label_smoothing", [](Options& options) { options.label_smoothing = 0.1; }},
        {"clip_norm", [](Options& options) { options.clip_norm = 0.01; }},
        {"validation", [](Options& options) { options.validation = 0.5; }},
        {"augment", [](Options& options) { options.augment = false; }}};
    for (const auto& [name, change] : changes) {
        Options options = small();
        change(options);
        EXPECT_NE(train_and_listen(options).losses(), losses) << name;
    }
}

TEST(Train, TellsItsEventsInTheOrderOfThings) {
    Options options = small();
    options.accumulation = 2;
    const Told told = train_and_listen(options);
    std::vector<std::string> phases;
    for (const auto& event : told.events) {
        ASSERT_TRUE(event.t);
        if (const auto* phase = std::get_if<protocol::Phase>(&event.what)) phases.push_back(phase->name);
    }
    EXPECT_THAT(phases, ElementsAre("import", "data", "model", "train", "evaluate", "train", "evaluate"));
    EXPECT_EQ(fact(told.events, "compute_threads"), Value(std::int64_t{1}));
    EXPECT_EQ(fact(told.events, "effective_batch"), Value(std::int64_t{8}));
    EXPECT_EQ(fact(told.events, "params"), Value(std::int64_t{52'734}));
    EXPECT_THAT(series(told.events, "optimizer_steps"), ElementsAre(4));  // 8 + 4 images, twice
    EXPECT_THAT(series(told.events, "epoch_s"), ElementsAre(testing::Gt(0), testing::Gt(0)));
    EXPECT_THAT(series(told.events, "images_per_s"), ElementsAre(testing::Gt(0)));
    EXPECT_THAT(series(told.events, "accuracy"), testing::Each(AllOf(testing::Ge(0), testing::Le(1))));
}

TEST(Train, TellsTheEndOfEveryEpochAsProgress) {
    const Told told = train_and_listen(small());
    std::vector<std::int64_t> ends;
    for (const auto& event : told.events) {
        const auto* progress = std::get_if<protocol::Progress>(&event.what);
        if (progress == nullptr) continue;
        EXPECT_EQ(progress->total, 3);
        EXPECT_EQ(progress->epochs, 2);
        if (progress->step == progress->total) ends.push_back(progress->epoch.value_or(0));
    }
    EXPECT_THAT(ends, ElementsAre(1, 2));
}

TEST(Train, GivesTheSameLossesBitForBitForEveryStrategy) {
    const std::vector<std::pair<std::string, std::function<void(Options&)>>> strategies{
        {"lean", [](Options& options) { options.formulation = "lean"; }},
        {"stage", [](Options& options) { options.checkpointing = "stage"; }},
        {"group", [](Options& options) { options.norm = "group"; }},
        {"bf16", [](Options& options) { options.precision = "bf16"; }},
        {"bf16 lean block",
         [](Options& options) {
             options.precision = "bf16";
             options.formulation = "lean";
             options.checkpointing = "block";
         }},
        {"bf16 lean group",
         [](Options& options) {
             options.precision = "bf16";
             options.formulation = "lean";
             options.norm = "group";
         }},
        {"channels_last", [](Options& options) { options.memory_format = "channels_last"; }},
        {"sgd", [](Options& options) { options.optimizer = "sgd"; }},
        {"adam", [](Options& options) { options.optimizer = "adam"; }},
        {"adamw8bit", [](Options& options) { options.optimizer = "adamw8bit"; }},
        {"cleanup", [](Options& options) { options.cleanup = 1; }},
        {"drop_file_pages", [](Options& options) { options.drop_file_pages = true; }},
        {"process", [](Options& options) {
             options.workers = 2;
             options.worker_kind = "process";
         }}};
    for (const auto& [name, choose] : strategies) {
        Options options = small();
        options.epochs = 1;
        choose(options);
        const std::vector<double> losses = train_and_listen(options).losses();
        for (const double loss : losses) EXPECT_TRUE(std::isfinite(loss)) << name;
        EXPECT_EQ(train_and_listen(options).losses(), losses) << name;
    }
}

TEST(Train, LosesNothingByStrategiesThatChangeOnlyTheWay) {
    const std::vector<double> losses = train_and_listen(small()).losses();
    Options options = small();
    options.checkpointing = "block";
    options.cleanup = 2;
    options.workers = 1;
    options.worker_kind = "process";
    options.pin_memory = true;  // without a GPU there is nothing to pin for
    EXPECT_EQ(train_and_listen(options).losses(), losses);
    options.formulation = "lean";
    const std::vector<double> lean = train_and_listen(options).losses();
    ASSERT_EQ(lean.size(), losses.size());
    for (std::size_t i = 0; i < losses.size(); ++i) EXPECT_NEAR(lean[i], losses[i], 1e-3 * losses[i]);
}

std::int64_t bytes(const Told& told, const std::string& name) {
    const std::vector<double> values = series(told.events, name);
    EXPECT_EQ(values.size(), 1) << name;
    return values.empty() ? -1 : static_cast<std::int64_t>(values.back());
}

TEST(Train, AccountsForEveryByteOfTheModel) {
    constexpr std::int64_t kParameters = 52'734;
    constexpr std::int64_t kFloat = 4;
    const Told told = train_and_listen(small());
    EXPECT_EQ(bytes(told, "parameter_bytes"), kParameters * kFloat);
    EXPECT_EQ(bytes(told, "gradient_bytes"), kParameters * kFloat);
    EXPECT_EQ(bytes(told, "optimizer_bytes"), 2 * kParameters * kFloat);  // Adam's two moments
    // mean and variance of the stem's two norms, of the quaternions', and of two norms in each of four steps
    EXPECT_EQ(bytes(told, "buffer_bytes"), 2 * (2 * 64 + 16 + 8 * 16) * kFloat);
    EXPECT_EQ(bytes(told, "model_bytes"), 4 * kParameters * kFloat + bytes(told, "buffer_bytes"));
    EXPECT_EQ(bytes(told, "batch_bytes"), 4 * (kPixels * kFloat + 8));
    EXPECT_EQ(bytes(told, "loader_bytes"), bytes(told, "batch_bytes"));
    EXPECT_GT(bytes(told, "overhead_bytes"), 0);
    EXPECT_GE(bytes(told, "tensor_bytes"), bytes(told, "model_bytes") + bytes(told, "activation_bytes"));
    EXPECT_GT(bytes(told, "evaluation_bytes"), 0);

    Options options = small();
    options.optimizer = "sgd";
    EXPECT_EQ(bytes(train_and_listen(options), "optimizer_bytes"), 0);
    options.optimizer = "adamw8bit";
    EXPECT_LT(bytes(train_and_listen(options), "optimizer_bytes"), 4 * kParameters);
}

TEST(Train, ShowsWhatStrategiesSaveOfTheActivations) {
    const auto activations = [](const std::function<void(Options&)>& choose) {
        Options options = small();
        options.epochs = 1;
        options.batch_size = 12;
        choose(options);
        return bytes(train_and_listen(options), "activation_bytes");
    };
    const std::int64_t plain = activations([](Options&) {});
    const std::int64_t lean = activations([](Options& options) { options.formulation = "lean"; });
    const std::int64_t block = activations([](Options& options) { options.checkpointing = "block"; });
    const std::int64_t smaller = activations([](Options& options) { options.batch_size = 4; });
    EXPECT_LT(lean, plain * 9 / 10);
    EXPECT_LT(block, plain * 3 / 4);
    EXPECT_LT(smaller, plain / 2);
}

TEST(Train, TrainsModelsOneAfterTheOther) {
    Options options = small();
    options.epochs = 1;
    options.model = "h2q+baseline";
    const Told both = train_and_listen(options);
    options.model = "h2q";
    EXPECT_EQ(series(both.events, "loss"), series(train_and_listen(options).events, "loss"));
    EXPECT_EQ(series(both.events, "baseline_loss").size(), 1);
    EXPECT_GT(bytes(both, "baseline_model_bytes"), 0);
    EXPECT_EQ(bytes(both, "baseline_buffer_bytes"), 2 * (64 + 64 + 128 + 128 + 16) * 4);  // h2q's are gone
    EXPECT_THAT(both.text, AllOf(HasSubstr("Benchmarking: H2Q-Spacetime on synthetic data\n"),
                                 HasSubstr("Benchmarking: Baseline CNN on synthetic data\n"),
                                 HasSubstr("\nMemory of Baseline CNN (MB)\n")));
}

TEST(Train, WritesTheDocumentsLines) {
    Options options = small();
    options.epochs = 1;
    options.train_samples = 48;
    const std::string text = train_and_listen(options).text;
    EXPECT_THAT(text,
                testing::ContainsRegex("Device: cpu \\(1 threads\\)\nBatch size: 4\nGradient accumulation "
                                       "steps: 1\nEffective batch size: 4\nEpochs: 1\n"));
    EXPECT_THAT(text,
                testing::ContainsRegex("\nEpoch 1/1\n  Step 10/12 \\| Loss: [0-9.]+ \\| Mem: [0-9.]+ MB\n  "
                                       "Step 12/12 "));
    EXPECT_THAT(text, testing::ContainsRegex("\nMemory of the process: initial [0-9.]+ MB, peak [0-9.]+ MB, "
                                             "final [0-9.]+ MB\n$"));
}

TEST(Train, SaysWhatThisMachineCannotDo) {
    if (torch::cuda::is_available()) GTEST_SKIP() << "this machine has a GPU";
    Options options = small();
    options.device = "cuda";
    EXPECT_THAT([&] { train_and_listen(options); },
                testing::ThrowsMessage<std::runtime_error>(
                    "device cuda: this LibTorch sees no CUDA GPU; set device: cpu, or auto to take one where "
                    "there is one"));
    options.device = "auto";
    options.precision = "fp16";
    EXPECT_THAT([&] { train_and_listen(options); },
                testing::ThrowsMessage<std::runtime_error>(
                    "precision fp16 needs a CUDA GPU; on the CPU set precision: bf16"));
}

TEST(Train, LosesHardlyAnythingByEightBitMoments) {
    Options options = small();
    options.model = "baseline";
    options.train_samples = 80;
    options.epochs = 3;  // 60 steps
    const double exact = series(train_and_listen(options).events, "loss").back();
    options.optimizer = "adamw8bit";
    EXPECT_NEAR(series(train_and_listen(options).events, "loss").back(), exact, 0.01 * exact);
}

TEST(Train, CallsSyntheticDataSyntheticWhereverFiguresAppear) {
    const std::string text = train_and_listen(small()).text;
    EXPECT_THAT(
        text, AllOf(HasSubstr("H2Q-Spacetime on synthetic data\n"), HasSubstr("Parameters: 52,734\n"),
                    HasSubstr(" % (synthetic data) | Test loss: "), HasSubstr("RESULTS (synthetic data)\n")));
}

TEST(Train, UsesAllCpusThatItMayUseUnlessTold) {
    cpu_set_t set;
    ASSERT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
    Options options = small();
    options.epochs = 1;
    options.threads = 0;
    EXPECT_EQ(fact(train_and_listen(options).events, "compute_threads"),
              Value(std::int64_t{CPU_COUNT(&set)}));
    EXPECT_EQ(at::get_num_threads(), CPU_COUNT(&set));
    options.threads = 1;
    train_and_listen(options);
    EXPECT_EQ(at::get_num_threads(), 1);
}

TEST(Train, SaysHowManyImagesAStepReallyHas) {
    Options options = small();
    options.epochs = 1;
    options.accumulation = 1000;
    const Told told = train_and_listen(options);
    EXPECT_EQ(fact(told.events, "effective_batch"), Value(std::int64_t{12}));
    EXPECT_THAT(told.text, HasSubstr("\nEffective batch size: 12\n"));
}

TEST(Train, EndsWhenItsPatienceDoes) {
    Options options = small();
    options.model = "mlp";
    options.epochs = 30;
    options.lr = 0;  // nothing gets better
    options.patience = 2;
    const Told told = train_and_listen(options);
    EXPECT_THAT(series(told.events, "epochs_made"), ElementsAre(3));
    EXPECT_THAT(series(told.events, "best_epoch"), ElementsAre(1));
    EXPECT_EQ(series(told.events, "loss").size(), 3);
}

TEST(Train, TestsTheValidationImagesBesideTheTestImages) {
    Options options = small();
    options.train_samples = 40;
    options.validation = 0.25;
    const Told told = train_and_listen(options);
    EXPECT_EQ(series(told.events, "validation_accuracy").size(), 2);
    EXPECT_EQ(series(told.events, "validation_loss").size(), 2);
    EXPECT_THAT(told.text, HasSubstr("Validation images: 10 (class 0: 1, "));
    EXPECT_THAT(told.text, HasSubstr("Train images: 30 (class 0: 3, "));
    EXPECT_EQ(series(told.events, "accuracy_of_0").size(), 1);
    EXPECT_EQ(series(told.events, "top5_accuracy").size(), 2);
}

TEST(Train, WeighsClassesByHowRareTheyAre) {
    Options options = small();
    options.epochs = 1;
    const double plain = train_and_listen(options).losses()[0];
    options.class_weights = "balanced";  // two images of two classes, one of the others
    EXPECT_NE(train_and_listen(options).losses()[0], plain);
    options.train_samples = 20;
    const double balanced = train_and_listen(options).losses()[0];
    options.class_weights = "none";
    EXPECT_EQ(train_and_listen(options).losses()[0], balanced) << "as many of each";
}

TEST(Train, SaysWhenDropLastLeavesNothing) {
    Options options = small();
    options.drop_last = true;
    options.batch_size = 13;
    EXPECT_THAT([&] { train_and_listen(options); }, testing::ThrowsMessage<std::invalid_argument>(
                                                        "there is no full batch to train with: batch_size is "
                                                        "larger than the data, and drop_last is set"));
}

TEST(Train, TrainsOnTheRealImages) {
    TIDEMARK_NEEDS_REAL_DATA();
    Options options = small();
    options.dataset = "cifar10";
    options.data_dir = real_data();
    const Told told = train_and_listen(options);
    EXPECT_THAT(told.text, HasSubstr("H2Q-Spacetime on CIFAR-10\n"));
    EXPECT_EQ(series(told.events, "loss").size(), 2);
}

}  // namespace
}  // namespace tidemark::trainer
