#include "trainer/training/session.hpp"

#include <sstream>
#include <vector>

#include <torch/torch.h>

#include "trainer/datasets/dataset_catalogue.hpp"
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

}  // namespace

void train(Options options, EventLog& events, std::ostream& out) {
    const Bytes initial = resident_memory();
    begin(options, events, initial);
    const auto account = std::make_shared<TensorAccount>();
    const AccountingScope accounting(account);
    const Execution execution(options);
    events.info("computes_on", execution.device().str());
    events.phase("data");
    const auto train_data = open_dataset(options, Split::Train);
    const auto test_data = open_dataset(options, Split::Test);
    BatchLoader train_loader(*train_data, train_loader_options(options, execution));
    BatchLoader test_loader(*test_data, test_loader_options(options, execution));
    if (train_loader.batches() == 0) {
        throw std::invalid_argument(
            "there is no full batch to train with: batch_size is larger than the data, and drop_last is "
            "set");
    }
    if (options.drop_file_pages) drop_file_pages();

    Console console(out, options);
    console.header(execution.device().str(), initial, train_loader.batches(), test_loader.batches());
    std::vector<ModelResult> results;
    for (const std::string& model : models_of(options.model)) {
        Options own = options;
        own.model = model;
        const std::string prefix = results.empty() ? "" : model + "_";
        ModelTraining training(own, execution, *account, {events, prefix}, console, train_loader,
                               test_loader);
        results.push_back(training.run());
    }
    console.results(results, initial);
}

}  // namespace tidemark::trainer
