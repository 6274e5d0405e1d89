#include "trainer/training/model_training.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "trainer/memory/allocator.hpp"
#include "trainer/models/foreign_model.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/optimizers/optimizer_catalogue.hpp"
#include "trainer/saving/run_folder.hpp"
#include "trainer/saving/weights_file.hpp"
#include "trainer/training/last_batch.hpp"
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

constexpr const char* kModelName = "model.pt";

}  // namespace

ModelTraining::ModelTraining(const Options& options, const Execution& execution, TensorAccount& account,
                             NamedEvents events, Console& console, const Loaders& loaders)
    : options_(options),
      execution_(execution),
      account_(account),
      events_(std::move(events)),
      console_(console),
      loaders_(loaders),
      scaler_(execution.scales_losses()) {}

ModelResult ModelTraining::run() {
    events_.phase("model");
    const Seconds start = monotonic_now();
    make_model();
    tell_model();
    if (options_.epochs == 0)
        test();
    else
        train_to_the_end();
    ModelResult result;
    result.model = options_.model;
    result.params = params_;
    result.last = last_;
    result.memory = tell_memory();
    result.time = Seconds{monotonic_now().value - start.value};
    return result;
}

void ModelTraining::make_model() {
    {
        const CategoryScope scope(Category::Parameters);
        model_ = trainer::make_model(options_, loaders_.train.shape());
        execution_.place(*model_);
    }
    for (const torch::Tensor& parameter : parameters_of(*model_))
        account_.claim(parameter, Category::Parameters);
    for (const torch::Tensor& buffer : model_->buffers()) account_.claim(buffer, Category::Buffers);
    if (!options_.init.empty() && options_.resume.empty()) read_weights(options_.init, *model_);
    for (const std::string& note : model_->notes()) events_.note(fmt::format("{}: {}", options_.model, note));
}

void ModelTraining::require_parameters() const {
    if (!parameters_of(*model_).empty()) return;
    throw std::runtime_error(fmt::format(
        "the model '{}' has no parameters to train: it was frozen (torch.jit.freeze makes constants of "
        "them), or none of them needs a gradient; export it before, or test it with epochs: 0",
        options_.model));
}

void ModelTraining::make_optimizer_and_gradients() {
    require_parameters();
    {
        const CategoryScope scope(Category::Gradients);
        make_gradients(parameters_of(*model_));
    }
    const CategoryScope scope(Category::OptimizerState);
    optimizer_ = make_optimizer(options_, parameters_of(*model_));
}

void ModelTraining::tell_model() {
    params_ = parameter_count(*model_);
    events_.info("params", params_);
    for (const auto& [part, count] : model_->parts()) events_.info("params_" + part, count);
    events_.info("effective_batch", loaders_.train.largest_group(options_.accumulation));
    console_.model(options_.model, params_);
}

Forward ModelTraining::forward() {
    return [this](torch::Tensor images) { return execution_.forward(*model_, std::move(images)); };
}

void ModelTraining::test() {
    const TestFigures tested = evaluate_on(loaders_.test);
    events_.metric("accuracy", tested.accuracy);
    events_.metric("test_loss", tested.loss);
    events_.metric("balanced_accuracy", tested.balanced_accuracy);
    if (tested.top5) events_.metric("top5_accuracy", *tested.top5);
    last_.accuracy = tested.accuracy;
    last_.test_loss = tested.loss;
    console_.tested(last_);
}

void ModelTraining::train_to_the_end() {
    make_optimizer_and_gradients();
    require_last_batch_that_can_be_trained(*model_, loaders_.train, forward());
    go_on_from_checkpoint();
    last_checkpoint_ = monotonic_now();
    while (progress_.epoch <= options_.epochs && !has_lost_patience()) make_epoch();
    if (options_.save == "last") save_weights(kModelName);
    if (options_.checkpoint_every.value > 0) remove_checkpoints();
    tell_training();
}

void ModelTraining::make_epoch() {
    console_.epoch(progress_.epoch);
    events_.phase("train");
    account_.start_phase();
    model_->train();
    set_learning_rate(*optimizer_, learning_rate(options_, progress_.epoch - 1));
    const double before = progress_.spent.value;
    const Seconds start{monotonic_now().value - before};
    loaders_.train.start_epoch(progress_.epoch, progress_.sums.batches);
    const TrainingRules rules{options_.accumulation, options_.label_smoothing, options_.clip_norm,
                              loaders_.class_weights};
    progress_.sums = train_epoch(
        forward(), *optimizer_, scaler_, loaders_.train, rules,
        [&](double loss, const EpochSums& sums) { after_batch(loss, sums, start); }, progress_.sums);
    EpochRecord record;
    record.loss = progress_.sums.mean_loss();
    record.spent = Seconds{monotonic_now().value - start.value};
    raise_to(training_peak_, account_.peak());
    if (loaders_.validation != nullptr) record.validated = evaluate_on(*loaders_.validation);
    record.tested = evaluate_on(loaders_.test);
    conclude_epoch(std::move(record));
}

TestFigures ModelTraining::evaluate_on(BatchLoader& loader) {
    events_.phase(&loader == &loaders_.test ? "evaluate" : "validate");
    account_.start_phase();
    model_->eval();
    TestFigures figures = evaluate(forward(), loader);
    raise_to(evaluation_peak_, account_.peak());
    return figures;
}

void ModelTraining::conclude_epoch(EpochRecord record) {
    const std::int64_t epoch = progress_.epoch;
    progress_.images += progress_.sums.images;
    progress_.optimizer_steps += progress_.sums.optimizer_steps;
    const bool is_best = is_better(record);
    if (is_best) progress_.best_epoch = epoch;
    progress_.epochs.push_back(record);
    progress_.epoch = epoch + 1;
    progress_.sums = {};
    progress_.spent = {};
    tell_epoch(record, epoch);
    console_.epoch_end(last_);
    if (options_.save == "best" && is_best) save_weights(kModelName);
    if (options_.save == "each" && epoch % options_.save_every == 0)
        save_weights(fmt::format("model-epoch-{}.pt", epoch));
    // where losses are scaled, steps that overflow are left out, and the weights stay what they were
    refuse_divergence(options_, epoch, execution_.scales_losses() ? record.tested.loss : record.loss);
}

bool ModelTraining::is_better(const EpochRecord& record) const {
    if (progress_.best_epoch == 0) return true;
    const auto figures = [](const EpochRecord& one) { return one.validated.value_or(one.tested); };
    const TestFigures now = figures(record);
    const TestFigures best = figures(progress_.epochs.at(static_cast<std::size_t>(progress_.best_epoch - 1)));
    if (options_.best_by == "loss")
        return now.loss < best.loss || (std::isnan(best.loss) && !std::isnan(now.loss));
    return now.accuracy > best.accuracy;
}

bool ModelTraining::has_lost_patience() const {
    if (options_.patience == 0 || progress_.best_epoch == 0) return false;
    return progress_.epoch - 1 - progress_.best_epoch >= options_.patience;
}

void ModelTraining::tell_epoch(const EpochRecord& record, std::int64_t epoch) {
    events_.metric("loss", record.loss, epoch);
    events_.metric("accuracy", record.tested.accuracy, epoch);
    events_.metric("test_loss", record.tested.loss, epoch);
    events_.metric("balanced_accuracy", record.tested.balanced_accuracy, epoch);
    if (record.tested.top5) events_.metric("top5_accuracy", *record.tested.top5, epoch);
    if (record.validated) {
        events_.metric("validation_accuracy", record.validated->accuracy, epoch);
        events_.metric("validation_loss", record.validated->loss, epoch);
    }
    events_.metric("epoch_s", record.spent.value, epoch);
    last_ = {record.loss, record.tested.loss, record.tested.accuracy, record.spent};
}

void ModelTraining::tell_training() {
    double spent = 0;
    for (const EpochRecord& record : progress_.epochs) spent += record.spent.value;
    events_.metric("images_per_s", static_cast<double>(progress_.images) / spent);
    events_.metric("optimizer_steps", static_cast<double>(progress_.optimizer_steps));
    events_.metric("epochs_made", static_cast<double>(progress_.epochs.size()));
    if (looks_for_best()) events_.metric("best_epoch", static_cast<double>(progress_.best_epoch));
    if (execution_.scales_losses())
        events_.metric("skipped_steps", static_cast<double>(scaler_.skipped_steps()));
    if (!progress_.epochs.empty()) tell_classes(progress_.epochs.back().tested);
}

/// Of the last epoch, as far as there are few enough to be columns of their own.
void ModelTraining::tell_classes(const TestFigures& tested) {
    constexpr std::size_t kMost = 20;
    if (tested.by_class.size() > kMost) return;
    for (std::size_t i = 0; i < tested.by_class.size(); ++i) {
        const std::string name =
            i < loaders_.class_names.size() ? part_name(loaders_.class_names[i]) : fmt::format("{}", i);
        if (tested.by_class[i]) events_.metric("accuracy_of_" + name, *tested.by_class[i]);
    }
}

void ModelTraining::after_batch(double loss, const EpochSums& sums, Seconds epoch_start) {
    // what the first step of the optimizer leaves behind is its state
    account_.claim_all(Category::OptimizerStep, Category::OptimizerState);
    if (options_.cleanup > 0 && sums.batches % options_.cleanup == 0) {
        release_freed_memory();
        empty_device_cache();
    }
    const std::int64_t batches = loaders_.train.batches();
    events_.progress({sums.batches, batches, progress_.epoch, options_.epochs, loss});
    console_.step(sums.batches, batches, loss);
    progress_.sums = sums;
    progress_.spent = Seconds{monotonic_now().value - epoch_start.value};
    write_checkpoint_if_due();
}

void ModelTraining::save_weights(const std::string& name) {
    const std::filesystem::path file = own_folder(options_) / name;
    write_weights(file, *model_);
    events_.info("model_file", file.string());
    console_.saved(file.string());
}

}  // namespace tidemark::trainer
