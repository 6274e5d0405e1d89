#include "trainer/models/checkpoint.hpp"

#include <mutex>
#include <optional>
#include <stdexcept>

#include "trainer/libtorch_version.hpp"

namespace tidemark::trainer {
namespace {

namespace autograd = torch::autograd;

thread_local bool recomputing = false;

class RecomputingScope {
  public:
    RecomputingScope() : before_(recomputing) { recomputing = true; }
    ~RecomputingScope() { recomputing = before_; }
    RecomputingScope(const RecomputingScope&) = delete;
    RecomputingScope& operator=(const RecomputingScope&) = delete;

  private:
    bool before_;
};

torch::Tensor random_state(const torch::Device& device) {
    at::Generator generator = at::globalContext().defaultGenerator(device);
    const std::lock_guard lock(generator.mutex());
    return generator.get_state();
}

void set_random_state(const torch::Device& device, const torch::Tensor& state) {
    at::Generator generator = at::globalContext().defaultGenerator(device);
    const std::lock_guard lock(generator.mutex());
    generator.set_state(state);
}

/// Random numbers are drawn once more from `state` on; afterwards they go on as before.
class RepeatedRandom {
  public:
    RepeatedRandom(const torch::Device& device, const torch::Tensor& state)
        : device_(device), before_(random_state(device)) {
        set_random_state(device_, state);
    }
    ~RepeatedRandom() { set_random_state(device_, before_); }
    RepeatedRandom(const RepeatedRandom&) = delete;
    RepeatedRandom& operator=(const RepeatedRandom&) = delete;

  private:
    torch::Device device_;
    torch::Tensor before_;
};

/// What a layer needs to be computed again, beside its input.
struct Recipe : torch::CustomClassHolder {
    Layer layer;
    torch::Tensor random;
    std::optional<Autocast::Setting> autocast;
};

struct Checkpoint : autograd::Function<Checkpoint> {
    /// `anchor` asks for gradients, so that the layer's parameters get theirs where `input` asks for none.
    static torch::Tensor forward(autograd::AutogradContext* context, const torch::Tensor& input,
                                 const torch::Tensor& /*anchor*/, const Layer& layer) {
        auto recipe = c10::make_intrusive<Recipe>();
        recipe->layer = layer;
        recipe->random = random_state(input.device());
        recipe->autocast = Autocast::active();
        context->saved_data["recipe"] = c10::IValue::make_capsule(recipe);
        context->save_for_backward({input});
        return layer(input);
    }

    static autograd::variable_list backward(autograd::AutogradContext* context,
                                            autograd::variable_list gradients) {
        const auto capsule = context->saved_data.at("recipe").toCapsule();
        const auto& recipe = static_cast<const Recipe&>(*capsule);
        torch::Tensor input = context->get_saved_variables()[0].detach();
        input.set_requires_grad(context->needs_input_grad(0));
        torch::Tensor output;
        {
            const RecomputingScope scope;
            const RepeatedRandom random(input.device(), recipe.random);
            std::optional<Autocast> autocast;
            if (recipe.autocast) autocast.emplace(*recipe.autocast);
            const torch::AutoGradMode with_gradients(true);
            output = recipe.layer(input);
        }
        autograd::backward({output}, {gradients[0]});
        return {input.grad(), torch::Tensor(), torch::Tensor()};
    }
};

}  // namespace

bool is_recomputing() {
    return recomputing;
}

torch::Tensor checkpoint(const Layer& layer, const torch::Tensor& input) {
    return Checkpoint::apply(input, torch::empty({0}, torch::requires_grad()), layer);
}

Checkpointing checkpointing_from(const std::string& name) {
    if (name == "none") return Checkpointing::None;
    if (name == "stage") return Checkpointing::Stage;
    if (name == "block") return Checkpointing::Block;
    throw std::invalid_argument("unknown checkpointing " + name);
}

torch::Tensor Chain::forward(torch::Tensor features, Checkpointing checkpointing) const {
    if (!torch::GradMode::is_enabled()) checkpointing = Checkpointing::None;
    for (const std::vector<Layer>& stage : stages_) {
        const auto whole_stage = [&stage](torch::Tensor input) {
            for (const Layer& block : stage) input = block(input);
            return input;
        };
        if (checkpointing == Checkpointing::Stage) {
            if (!stage.empty()) features = checkpoint(whole_stage, features);
            continue;
        }
        for (const Layer& block : stage)
            features = checkpointing == Checkpointing::Block ? checkpoint(block, features) : block(features);
    }
    return features;
}

}  // namespace tidemark::trainer
