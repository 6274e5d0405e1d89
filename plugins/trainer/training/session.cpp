#include "trainer/training/session.hpp"

#include <torch/torch.h>

#include "base/clock.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/libtorch_version.hpp"
#include "trainer/loader/batch_loader.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/reporting/console.hpp"
#include "trainer/reporting/process_memory.hpp"
#include "trainer/training/evaluation.hpp"
#include "trainer/training/schedule.hpp"
#include "trainer/training/train_epoch.hpp"

namespace tidemark::trainer {
namespace {

LoaderOptions train_loader_options(const Options& options) {
    return {options.batch_size, options.workers,   true,
            options.augment,    options.drop_last, static_cast<std::uint64_t>(options.seed)};
}

LoaderOptions test_loader_options(const Options& options) {
    const std::int64_t batch_size =
        options.eval_batch_size > 0 ? options.eval_batch_size : 2 * options.batch_size;
    return {batch_size, options.workers, false, false, false, 0};
}

class Session {
  public:
    Session(const Options& options, EventLog& events, std::ostream& out)
        : options_(options), events_(events), console_(out, options_), initial_(resident_memory()) {}

    void run() {
        begin();
        events_.phase("data");
        const auto train_data = open_dataset(options_, Split::Train);
        const auto test_data = open_dataset(options_, Split::Test);
        BatchLoader train_loader(*train_data, train_loader_options(options_));
        BatchLoader test_loader(*test_data, test_loader_options(options_));
        if (train_loader.batches() == 0) {
            throw std::invalid_argument(
                "there is no full batch to train with: batch_size is larger than the data, and drop_last is "
                "set");
        }
        events_.phase("model");
        model_ = make_model(options_);
        torch::optim::AdamW optimizer(
            model_->parameters(),
            torch::optim::AdamWOptions(options_.lr).weight_decay(options_.weight_decay));
        tell_model();
        console_.header(params_, train_loader.batches(), test_loader.batches(), initial_);
        const Seconds start = monotonic_now();
        EpochResult last;
        for (std::int64_t epoch = 1; epoch <= options_.epochs; ++epoch) {
            last = make_epoch(epoch, optimizer, train_loader, test_loader);
        }
        events_.metric("images_per_s", static_cast<double>(images_) / train_time_.value);
        events_.metric("optimizer_steps", static_cast<double>(optimizer_steps_));
        console_.result(last, params_, Seconds{monotonic_now().value - start.value}, initial_);
    }

  private:
    void begin() {
        events_.phase("import");
        if (options_.threads == 0) options_.threads = usable_cpus();
        set_compute_threads(options_.threads);
        torch::manual_seed(static_cast<std::uint64_t>(options_.seed));
        events_.info("libtorch", libtorch_version());
        events_.info("blas", blas_library());
        events_.info("compute_threads", options_.threads);
        events_.info("initial_memory_bytes", initial_.value);
    }

    void tell_model() {
        params_ = parameter_count(*model_);
        events_.info("params", params_);
        for (const auto& [part, count] : model_->parts()) events_.info("params_" + part, count);
        events_.info("effective_batch", options_.batch_size * options_.accumulation);
    }

    EpochResult make_epoch(std::int64_t epoch, torch::optim::Optimizer& optimizer, BatchLoader& train_loader,
                           BatchLoader& test_loader) {
        const Forward forward = [this](torch::Tensor images) { return model_->forward(std::move(images)); };
        events_.phase("train");
        model_->train();
        set_learning_rate(optimizer,
                          learning_rate(options_.schedule, options_.lr, epoch - 1, options_.epochs));
        const Seconds start = monotonic_now();
        train_loader.start_epoch(epoch);
        const EpochFigures trained = train_epoch(
            forward, optimizer, train_loader, options_.accumulation, [&](std::int64_t batch, double loss) {
                events_.progress({batch, train_loader.batches(), epoch, options_.epochs, loss});
            });
        const Seconds spent{monotonic_now().value - start.value};
        events_.phase("evaluate");
        model_->eval();
        const TestFigures tested = evaluate(forward, test_loader);

        images_ += trained.images;
        optimizer_steps_ += trained.optimizer_steps;
        train_time_.value += spent.value;
        events_.metric("loss", trained.loss, epoch);
        events_.metric("accuracy", tested.accuracy, epoch);
        events_.metric("test_loss", tested.loss, epoch);
        events_.metric("epoch_s", spent.value, epoch);
        const EpochResult result{epoch, trained.loss, tested.loss, tested.accuracy, spent};
        console_.epoch(result);
        return result;
    }

    Options options_;
    EventLog& events_;
    Console console_;
    Bytes initial_;
    std::shared_ptr<Classifier> model_;
    std::int64_t params_ = 0;
    std::int64_t images_ = 0;
    std::int64_t optimizer_steps_ = 0;
    Seconds train_time_;
};

}  // namespace

void train(Options options, EventLog& events, std::ostream& out) {
    Session(options, events, out).run();
}

}  // namespace tidemark::trainer
