// How a training is written down while it goes on, and gone on with.
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "trainer/optimizers/optimizer_state.hpp"
#include "trainer/saving/checkpoint_file.hpp"
#include "trainer/saving/run_folder.hpp"
#include "trainer/training/model_training.hpp"

namespace tidemark::trainer {
namespace {

/// The state of the generator of random numbers that dropout draws from.
torch::Tensor random_state(const torch::Device& device) {
    const at::Generator& generator = at::globalContext().defaultGenerator(device);
    return generator.get_state();
}

void set_random_state(const torch::Device& device, const torch::Tensor& state) {
    at::Generator generator = at::globalContext().defaultGenerator(device);
    generator.set_state(state);
}

void require_the_same(const CheckpointReader& reader, const std::map<std::string, std::string>& then,
                      const std::map<std::string, std::string>& now) {
    for (const auto& [name, value] : now) {
        const auto before = then.find(name);
        if (before == then.end() || before->second == value) continue;
        throw std::runtime_error(fmt::format(
            "cannot resume from {}: it was written with {} {}, and not {}; give it as it was, or start a new "
            "training without resume",
            reader.file().string(), name, before->second, value));
    }
}

}  // namespace

/// In an order that the model and the optimizer give: weights and statistics, gradients, the optimizer's
/// state.
std::vector<torch::Tensor> ModelTraining::tensors_of_state() {
    std::vector<torch::Tensor> tensors;
    for (const auto& [name, tensor] : model_->state()) tensors.push_back(tensor);
    for (const torch::Tensor& parameter : parameters_of(*model_)) {
        // they are zero but within a group of batches whose gradients are added up
        if (progress_.sums.batches % options_.accumulation != 0 &&
            progress_.sums.batches < loaders_.train.batches())
            tensors.push_back(parameter.grad());
    }
    for (const torch::Tensor& tensor : state_of(*optimizer_).tensors) tensors.push_back(tensor);
    return tensors;
}

void ModelTraining::write_checkpoint_if_due() {
    if (options_.checkpoint_every.value <= 0) return;
    if (monotonic_now().value - last_checkpoint_.value < options_.checkpoint_every.value) return;
    progress_.scaler = scaler_.state();
    progress_.steps_of_parameters = state_of(*optimizer_).steps;
    progress_.told = options_.learning;
    std::vector<torch::Tensor> tensors = tensors_of_state();
    tensors.push_back(random_state(torch::kCPU));
    if (execution_.device().is_cuda()) tensors.push_back(random_state(execution_.device()));
    write_checkpoint(own_folder(options_) / kCheckpointName, to_json(progress_), tensors);
    last_checkpoint_ = monotonic_now();
}

void ModelTraining::go_on_from_checkpoint() {
    if (!options_.resume.empty()) return resume_from(named_checkpoint(options_.resume));
    if (options_.checkpoint_every.value <= 0) return;
    const auto earlier = earlier_checkpoint();
    if (!earlier) return;
    try {
        CheckpointReader(*earlier).verify();
    } catch (const std::runtime_error& error) {
        events_.note(fmt::format("{}; the training begins anew", error.what()));
        return;
    }
    earlier_ = *earlier;
    resume_from(*earlier);
}

/// The weights that the training has kept so far lie where it was before. A file is replaced, never written
/// to, so that a link will do.
void ModelTraining::take_over_weights(const std::filesystem::path& from) {
    const std::filesystem::path own = own_folder(options_);
    std::error_code error;
    if (std::filesystem::equivalent(from, own, error)) return;
    for (std::filesystem::directory_iterator at(from, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (!name.starts_with("model") || !name.ends_with(".pt")) continue;
        std::error_code problem;
        std::filesystem::create_hard_link(at->path(), own / name, problem);
        if (problem) std::filesystem::copy_file(at->path(), own / name);
        events_.info("model_file", (own / name).string());
    }
}

void ModelTraining::resume_from(const std::filesystem::path& file) {
    CheckpointReader reader(file);
    try {
        progress_ = progress_from_json(reader.facts());
    } catch (const nlohmann::json::exception&) {
        throw std::runtime_error(
            fmt::format("cannot resume from {}: another version of tidemark has written it", file.string()));
    }
    require_the_same(reader, progress_.told, options_.learning);
    {
        const CategoryScope scope(Category::OptimizerState);
        prepare_state(*optimizer_, progress_.steps_of_parameters);
    }
    std::vector<torch::Tensor> tensors = tensors_of_state();
    std::vector<torch::Tensor> generators{random_state(torch::kCPU)};
    if (execution_.device().is_cuda()) generators.push_back(random_state(execution_.device()));
    tensors.insert(tensors.end(), generators.begin(), generators.end());
    reader.fill(tensors);
    set_random_state(torch::kCPU, generators.front());
    if (generators.size() > 1) set_random_state(execution_.device(), generators.back());
    scaler_.set_state(progress_.scaler);
    if (options_.save == "best" || options_.save == "each") take_over_weights(file.parent_path());
    for (std::size_t i = 0; i < progress_.epochs.size(); ++i)
        tell_epoch(progress_.epochs[i], static_cast<std::int64_t>(i) + 1);
    events_.info("resumed_at_epoch", progress_.epoch);
    events_.note(
        fmt::format("the training goes on from {}, behind batch {} of epoch {}; wall time and peak memory of "
                    "the process are of what comes now",
                    file.string(), progress_.sums.batches, progress_.epoch));
}

/// They are of no more use, and large.
void ModelTraining::remove_checkpoints() {
    std::error_code ignored;
    std::filesystem::remove(own_folder(options_) / kCheckpointName, ignored);
    if (!earlier_.empty()) std::filesystem::remove(earlier_, ignored);
}

}  // namespace tidemark::trainer
