#include "trainer/training/model_training.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "trainer/memory/allocator.hpp"
#include "trainer/memory/prediction.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/optimizers/optimizer_catalogue.hpp"
#include "trainer/reporting/process_memory.hpp"
#include "trainer/training/evaluation.hpp"
#include "trainer/training/schedule.hpp"
#include "trainer/training/train_epoch.hpp"

namespace tidemark::trainer {
namespace {

void raise_to(TensorBytes& largest, const TensorBytes& other) {
    largest.total = std::max(largest.total, other.total);
    for (std::size_t i = 0; i < kCategories; ++i)
        largest.by_category[i] = std::max(largest.by_category[i], other.by_category[i]);
}

/// After the epoch was told, so that its figures are kept.
void refuse_divergence(const Options& options, std::int64_t epoch, double loss) {
    if (std::isfinite(loss) || options.allow_divergence) return;
    throw std::runtime_error(
        fmt::format("the loss is {} from epoch {} on; a smaller lr may help, and allow_divergence goes on",
                    std::isnan(loss) ? "NaN" : "infinite", epoch));
}

}  // namespace

ModelTraining::ModelTraining(const Options& options, const Execution& execution, TensorAccount& account,
                             NamedEvents events, Console& console, BatchLoader& train_loader,
                             BatchLoader& test_loader)
    : options_(options),
      execution_(execution),
      account_(account),
      events_(std::move(events)),
      console_(console),
      train_loader_(train_loader),
      test_loader_(test_loader),
      scaler_(execution.scales_losses()) {}

ModelResult ModelTraining::run() {
    events_.phase("model");
    const Seconds start = monotonic_now();
    make_model();
    tell_model();
    ModelResult result;
    for (std::int64_t epoch = 1; epoch <= options_.epochs; ++epoch) result.last = make_epoch(epoch);
    events_.metric("images_per_s", static_cast<double>(images_) / train_time_.value);
    events_.metric("optimizer_steps", static_cast<double>(optimizer_steps_));
    if (execution_.scales_losses())
        events_.metric("skipped_steps", static_cast<double>(scaler_.skipped_steps()));
    result.model = options_.model;
    result.params = params_;
    result.memory = tell_memory();
    result.time = Seconds{monotonic_now().value - start.value};
    return result;
}

void ModelTraining::make_model() {
    {
        const CategoryScope scope(Category::Parameters);
        model_ = trainer::make_model(options_, train_loader_.shape());
        execution_.place(*model_);
    }
    for (const torch::Tensor& parameter : model_->parameters())
        account_.claim(parameter, Category::Parameters);
    for (const torch::Tensor& buffer : model_->buffers()) account_.claim(buffer, Category::Buffers);
    {
        const CategoryScope scope(Category::Gradients);
        make_gradients(model_->parameters());
    }
    const CategoryScope scope(Category::OptimizerState);
    optimizer_ = make_optimizer(options_, model_->parameters());
}

void ModelTraining::tell_model() {
    params_ = parameter_count(*model_);
    events_.info("params", params_);
    for (const auto& [part, count] : model_->parts()) events_.info("params_" + part, count);
    events_.info("effective_batch", options_.batch_size * options_.accumulation);
    console_.model(options_.model, params_);
}

EpochResult ModelTraining::make_epoch(std::int64_t epoch) {
    const Forward forward = [this](torch::Tensor images) {
        return execution_.forward(*model_, std::move(images));
    };
    console_.epoch(epoch);
    events_.phase("train");
    account_.start_phase();
    model_->train();
    set_learning_rate(*optimizer_, learning_rate(options_.schedule, options_.lr, epoch - 1, options_.epochs));
    const Seconds start = monotonic_now();
    train_loader_.start_epoch(epoch);
    const EpochFigures trained =
        train_epoch(forward, *optimizer_, scaler_, train_loader_, options_.accumulation,
                    [&](std::int64_t batch, double loss) { after_batch(batch, epoch, loss); });
    const Seconds spent{monotonic_now().value - start.value};
    raise_to(training_peak_, account_.peak());
    events_.phase("evaluate");
    account_.start_phase();
    model_->eval();
    const TestFigures tested = evaluate(forward, test_loader_);
    raise_to(evaluation_peak_, account_.peak());

    images_ += trained.images;
    optimizer_steps_ += trained.optimizer_steps;
    train_time_.value += spent.value;
    events_.metric("loss", trained.loss, epoch);
    events_.metric("accuracy", tested.accuracy, epoch);
    events_.metric("test_loss", tested.loss, epoch);
    events_.metric("epoch_s", spent.value, epoch);
    const EpochResult result{trained.loss, tested.loss, tested.accuracy, spent};
    console_.epoch_end(result);
    // where losses are scaled, steps that overflow are left out, and the weights stay what they were
    refuse_divergence(options_, epoch, execution_.scales_losses() ? tested.loss : trained.loss);
    return result;
}

void ModelTraining::after_batch(std::int64_t batch, std::int64_t epoch, double loss) {
    // what the first step of the optimizer leaves behind is its state
    account_.claim_all(Category::OptimizerStep, Category::OptimizerState);
    if (options_.cleanup > 0 && batch % options_.cleanup == 0) {
        release_freed_memory();
        empty_device_cache();
    }
    events_.progress({batch, train_loader_.batches(), epoch, options_.epochs, loss});
    console_.step(batch, train_loader_.batches(), loss);
}

MemoryResult ModelTraining::tell_memory() {
    const TensorBytes live = account_.live();
    const auto kept = [&](Category category) { return live.of(category); };
    MemoryResult memory;
    memory.model = kept(Category::Parameters) + kept(Category::Gradients) + kept(Category::OptimizerState) +
                   kept(Category::Buffers);
    memory.activations = training_peak_.of(Category::Activations);
    memory.loader = training_peak_.of(Category::Batches) + train_loader_.worker_memory().value;
    memory.tensors = std::max(training_peak_.total, evaluation_peak_.total);
    memory.overhead = std::max<std::int64_t>(
        0, peak_resident_memory().value - (execution_.device().is_cpu() ? memory.tensors : 0));
    memory.predicted = predict(options_, params_);

    events_.bytes("model_bytes", memory.model);
    events_.bytes("activation_bytes", memory.activations);
    events_.bytes("loader_bytes", memory.loader);
    events_.bytes("overhead_bytes", memory.overhead);
    events_.bytes("parameter_bytes", kept(Category::Parameters));
    events_.bytes("gradient_bytes", kept(Category::Gradients));
    events_.bytes("optimizer_bytes", kept(Category::OptimizerState));
    events_.bytes("buffer_bytes", kept(Category::Buffers));
    events_.bytes("batch_bytes", training_peak_.of(Category::Batches));
    events_.bytes("step_bytes", training_peak_.of(Category::OptimizerStep));
    events_.bytes("tensor_bytes", training_peak_.total);
    events_.bytes("evaluation_bytes", evaluation_peak_.total - memory.model);
    if (execution_.device().is_cuda()) {
        events_.bytes("peak_device_bytes", account_.device_peak_allocated());
        events_.bytes("peak_device_reserved_bytes", account_.device_peak_reserved());
    }
    events_.metric("predicted_model_bytes", memory.predicted.model_bytes);
    events_.metric("predicted_activation_bytes", memory.predicted.activation_bytes);
    events_.metric("predicted_loader_bytes", memory.predicted.loader_bytes);
    events_.metric("predicted_total_bytes", memory.predicted.total_bytes());
    return memory;
}

}  // namespace tidemark::trainer
