#include "trainer/models/script_model.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include <fmt/format.h>
#include <torch/script.h>

#include "trainer/memory/tensor_account.hpp"
#include "trainer/models/foreign_model.hpp"
#include "trainer/models/script_modes.hpp"
#include "trainer/models/tied_weights.hpp"

namespace tidemark::trainer {
namespace {

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

/// The interpreter's messages begin with where it was, and say what went wrong in their last line.
std::string last_line(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    std::string line = text.substr(text.find_last_of('\n') + 1);
    constexpr std::string_view kKind = "RuntimeError: ";
    return line.starts_with(kKind) ? line.substr(kKind.size()) : line;
}

/// "Tuple" → "tuple"
std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// The scripted module's parameters and buffers as those of a module of LibTorch: they are the same tensors.
class ScriptModule : public torch::nn::Module {
  public:
    explicit ScriptModule(torch::jit::Module module) : module_(std::move(module)) {
        for (const auto& child : module_.named_children()) add_part(child.name, child.value);
        // those that stand beside the children
        std::int64_t number = 0;
        for (const auto& parameter : module_.named_parameters(/*recurse=*/false))
            add(*this, number++, parameter.value);
        for (const auto& buffer : module_.named_buffers(/*recurse=*/false))
            register_buffer(fmt::format("own_{}", number++), buffer.value);
    }

    /// torch::jit's own refuses modules that were frozen, which have no modes.
    void train(bool on) override {
        torch::nn::Module::train(on);
        for (const torch::jit::Module& one : module_.modules())
            if (one.hasattr("training")) one._ivalue()->setAttr("training", on);
    }

    torch::Tensor forward(torch::Tensor images) {
        torch::jit::IValue scores;
        try {
            scores = module_.forward({std::move(images)});
        } catch (const c10::Error& error) {
            throw std::runtime_error("in the script's forward: " + last_line(error.what_without_backtrace()));
        } catch (const std::exception& error) {
            throw std::runtime_error("in the script's forward: " + last_line(error.what()));
        }
        if (scores.isTensor()) return scores.toTensor();
        throw std::runtime_error(fmt::format(
            "the script's forward returns a {}, where a tensor of scores is needed; export a module whose "
            "forward returns the scores alone",
            lower(scores.tagKind())));
    }

    const torch::jit::Module& script() const { return module_; }

  private:
    struct Part : torch::nn::Module {
        void add_buffer(std::int64_t number, const torch::Tensor& tensor) {
            register_buffer(fmt::format("tensor_{}", number), tensor);
        }
        void add_parameter(std::int64_t number, const torch::Tensor& tensor) {
            register_parameter(fmt::format("tensor_{}", number), tensor);
        }
    };

    /// A parameter that is frozen is no parameter to an optimizer, whose weight decay would shrink it.
    static void add(ScriptModule& to, std::int64_t number, const torch::Tensor& parameter) {
        if (parameter.requires_grad())
            to.register_parameter(fmt::format("own_{}", number), parameter);
        else
            to.register_buffer(fmt::format("own_{}", number), parameter);
    }

    void add_part(const std::string& name, const torch::jit::Module& child) {
        const auto part = register_module(part_name(name), std::make_shared<Part>());
        std::int64_t number = 0;
        for (const torch::Tensor& parameter : child.parameters()) {
            if (parameter.requires_grad())
                part->add_parameter(number++, parameter);
            else
                part->add_buffer(number++, parameter);
        }
        for (const torch::Tensor& buffer : child.buffers()) part->add_buffer(number++, buffer);
    }

    torch::jit::Module module_;
};

class ScriptModel : public ForeignModel {
  public:
    ScriptModel(std::string name, const DataShape& shape, std::shared_ptr<ScriptModule> module)
        : ForeignModel(std::move(name), shape, module,
                       [module](torch::Tensor images) { return module->forward(std::move(images)); }),
          module_(std::move(module)) {}

    NamedTensors state() const override {
        NamedTensors state;
        for (const auto& parameter : module_->script().named_parameters())
            state.emplace_back(parameter.name, parameter.value);
        for (const auto& buffer : module_->script().named_buffers())
            state.emplace_back(buffer.name, buffer.value);
        return state;
    }
    std::vector<std::string> notes() const override { return fixed_modes(module_->script()); }
    const torch::jit::Module* as_script() const override { return &module_->script(); }

  private:
    std::shared_ptr<ScriptModule> module_;
};

torch::jit::Module load(const std::string& file) {
    const CategoryScope scope(
        Category::Activations);  // the file's records; whose the tensors are is said later
    try {
        return torch::jit::load(file);
    } catch (const c10::Error& error) {
        throw std::runtime_error(fmt::format(
            "{} is no TorchScript module; in Python, torch.jit.script(model).save('net.pt') writes one ({})",
            file, first_line(error.what_without_backtrace())));
    }
}

/// Half and double weights do not go together with images in float.
void require_floats(const std::string& file, const torch::jit::Module& module) {
    const auto require = [&](const std::string& name, const torch::Tensor& tensor) {
        if (!tensor.is_floating_point() || tensor.scalar_type() == torch::kFloat) return;
        throw std::runtime_error(
            fmt::format("{}: its {} is of type {}, and training needs float: export model.float(); "
                        "precision: bf16 then computes "
                        "in 16 bits",
                        file, name, lower(c10::toString(tensor.scalar_type()))));
    };
    for (const auto& parameter : module.named_parameters()) require(parameter.name, parameter.value);
    for (const auto& buffer : module.named_buffers()) require(buffer.name, buffer.value);
}

}  // namespace

std::shared_ptr<Classifier> load_script_model(const std::string& model, const DataShape& shape) {
    const std::string file = model.substr(kScriptPrefix.size());
    torch::jit::Module script = load(file);
    require_floats(file, script);
    tie_weights(file, script);
    return std::make_shared<ScriptModel>(model, shape, std::make_shared<ScriptModule>(std::move(script)));
}

}  // namespace tidemark::trainer
