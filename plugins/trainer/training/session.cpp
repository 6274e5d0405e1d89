#include "trainer/training/session.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <torch/torch.h>

#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/subset.hpp"
#include "trainer/libtorch_version.hpp"
#include "trainer/memory/allocator.hpp"
#include "trainer/memory/file_pages.hpp"
#include "trainer/memory/tensor_account.hpp"
#include "trainer/models/script_model.hpp"
#include "trainer/reporting/console.hpp"
#include "trainer/reporting/process_memory.hpp"
#include "trainer/training/model_training.hpp"

namespace tidemark::trainer {
namespace {

LoaderOptions loader_options(const Options& options, const Execution& execution) {
    LoaderOptions out;
    out.workers = options.workers;
    out.worker_kind = options.worker_kind == "process" ? WorkerKind::Process : WorkerKind::Thread;
    out.prefetch = options.prefetch;
    out.pin_memory = options.pin_memory && execution.device().is_cuda();
    return out;
}

LoaderOptions train_loader_options(const Options& options, const Execution& execution) {
    LoaderOptions out = loader_options(options, execution);
    out.batch_size = options.batch_size;
    out.shuffle = true;
    out.augment = options.augment;
    out.drop_last = options.drop_last;
    out.seed = static_cast<std::uint64_t>(options.seed);
    return out;
}

LoaderOptions test_loader_options(const Options& options, const Execution& execution) {
    LoaderOptions out = loader_options(options, execution);
    out.batch_size = options.eval_batch_size > 0 ? options.eval_batch_size : 2 * options.batch_size;
    return out;
}

/// "h2q+baseline": h2q, then baseline.
std::vector<std::string> models_of(const std::string& text) {
    if (text.starts_with(kScriptPrefix)) return {text};
    std::vector<std::string> models;
    std::istringstream in(text);
    for (std::string model; std::getline(in, model, '+');) models.push_back(model);
    return models;
}

void begin(Options& options, EventLog& events, Bytes initial) {
    events.phase("import");
    if (options.threads == 0) options.threads = usable_cpus();
    set_compute_threads(options.threads);
    torch::manual_seed(static_cast<std::uint64_t>(options.seed));
    events.info("libtorch", libtorch_version());
    events.info("blas", blas_library());
    events.info("malloc", allocator_in_use());
    events.info("compute_threads", options.threads);
    events.info("initial_memory_bytes", initial.value);
}

void note_slow_bf16(const Options& options, const Execution& execution, EventLog& events) {
    if (options.precision != "bf16" || !execution.device().is_cpu() || has_bf16_instructions()) return;
    events.note(
        "precision bf16: this processor has no instructions for it (AVX512_BF16, AMX), and takes longer than "
        "in fp32; "
        "memory is saved all the same");
}

/// What was chosen by the test images is no longer tested by images that nobody has seen.
void note_choice_by_test(const Options& options, EventLog& events) {
    if (options.validation > 0 || (options.save != "best" && options.patience == 0)) return;
    events.note(
        "save: best and patience go by the test images here, so that the best epoch's figures are better "
        "than those of "
        "unseen images; validation: 10 % takes images of their own for it");
}

/// Two models would write to the same files.
void require_one_model(const Options& options, std::size_t models) {
    if (models == 1) return;
    if (options.save == "none" && options.checkpoint_every.value <= 0 && options.resume.empty() &&
        options.init.empty())
        return;
    throw std::invalid_argument(
        fmt::format("save, checkpoint_every, resume and init are for one model at a time; give each of {} a "
                    "run of its own",
                    options.model));
}

/// Each image weighs as much less as its class has more of them than others, 1 on average over all.
torch::Tensor balanced_weights(const std::vector<std::int64_t>& counts, const torch::Device& device) {
    const auto images = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
    const auto classes =
        static_cast<double>(std::ranges::count_if(counts, [](std::int64_t one) { return one > 0; }));
    std::vector<float> weights;
    for (const std::int64_t count : counts)
        weights.push_back(count == 0 ? 0.0F
                                     : static_cast<float>(images / (classes * static_cast<double>(count))));
    return torch::tensor(weights).to(device);
}

/// How many images of each class there are, where that was chosen here, or is not the same of all.
std::vector<std::string> tell_counts(const Options& options, const OpenedData& data) {
    std::vector<std::string> lines;
    const auto tell = [&](const char* name, const Dataset* part, bool is_chosen) {
        if (part == nullptr || !is_chosen) return;
        lines.push_back(fmt::format("{} images: {} ({})", name, part->size(),
                                    describe_counts(class_counts(*part), part->class_names())));
    };
    const bool is_own = data.train->may_lie_class_by_class();
    tell("Train", data.train.get(), is_own || options.train_samples > 0 || options.validation > 0);
    tell("Validation", data.validation.get(), true);
    tell("Test", data.test.get(), is_own || options.test_samples > 0);
    return lines;
}

void tell_notes(const OpenedData& data, EventLog& events) {
    for (const Dataset* part : {data.train.get(), data.test.get()})
        for (const std::string& note : part->notes()) events.note(note);
}

}  // namespace

void train(Options options, EventLog& events, std::ostream& out) {
    const Bytes initial = resident_memory();
    begin(options, events, initial);
    const std::vector<std::string> models = models_of(options.model);
    require_one_model(options, models.size());
    const auto account = std::make_shared<TensorAccount>();
    const AccountingScope accounting(account);
    const Execution execution(options);
    events.info("computes_on", execution.device().str());
    note_slow_bf16(options, execution, events);
    note_choice_by_test(options, events);
    events.phase("data");
    const OpenedData data = open_data(options);
    tell_notes(data, events);
    BatchLoader train_loader(*data.train, train_loader_options(options, execution));
    BatchLoader test_loader(*data.test, test_loader_options(options, execution));
    if (train_loader.batches() == 0) {
        throw std::invalid_argument(
            "there is no full batch to train with: batch_size is larger than the data, and drop_last is "
            "set");
    }
    Loaders loaders{train_loader, test_loader};
    std::optional<BatchLoader> validation_loader;
    if (data.validation)
        loaders.validation =
            &validation_loader.emplace(*data.validation, test_loader_options(options, execution));
    if (options.class_weights == "balanced")
        loaders.class_weights = balanced_weights(class_counts(*data.train), execution.device());
    loaders.class_names = data.train->class_names();
    if (options.drop_file_pages) drop_file_pages();

    Console console(out, options);
    console.header(execution.device().str(), initial,
                   {train_loader.batches(), test_loader.batches(),
                    train_loader.largest_group(options.accumulation), tell_counts(options, data)});
    std::vector<ModelResult> results;
    for (const std::string& model : models) {
        Options own = options;
        own.model = model;
        const std::string prefix = results.empty() ? "" : model + "_";
        ModelTraining training(own, execution, *account, {events, prefix}, console, loaders);
        results.push_back(training.run());
    }
    console.results(results, initial);
}

}  // namespace tidemark::trainer
