#include "trainer/models/library_models.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <dlfcn.h>

#include <fmt/format.h>

#include "protocol/event.hpp"
#include "sdk/tidemark_model.hpp"
#include "trainer/models/foreign_model.hpp"

namespace tidemark::trainer {
namespace {

using protocol::ParameterType;

struct Loaded {
    std::vector<ModelKind> models;
    std::vector<Parameter> parameters;
    std::map<std::string, sdk::OptionDescription> options;  ///< by their names
};

Loaded& loaded() {
    static Loaded all;
    return all;
}

template <typename Function>
Function* symbol(void* library, const char* name) {
    return reinterpret_cast<Function*>(dlsym(library, name));
}

Value to_value(const sdk::OptionValue& value) {
    return std::visit([](const auto& one) { return Value(one); }, value);
}

sdk::OptionValue to_option(const Value& value) {
    if (const auto* yes = std::get_if<bool>(&value)) return *yes;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return to_text(value);
}

ParameterType type_of(const sdk::OptionDescription& option) {
    if (std::holds_alternative<bool>(option.default_value)) return ParameterType::Boolean;
    if (std::holds_alternative<std::int64_t>(option.default_value)) return ParameterType::Integer;
    if (std::holds_alternative<double>(option.default_value)) return ParameterType::Number;
    return option.choices.empty() ? ParameterType::Text : ParameterType::Choice;
}

Parameter parameter_of(const sdk::OptionDescription& option) {
    Parameter parameter;
    parameter.description.name = option.name;
    parameter.description.type = type_of(option);
    parameter.description.default_value = to_value(option.default_value);
    parameter.description.minimum = option.minimum;
    parameter.description.maximum = option.maximum;
    parameter.description.choices = option.choices;
    parameter.description.meaning = option.meaning;
    parameter.set = [name = option.name](Options& options, const Value& value) {
        options.of_model.insert_or_assign(name, value);
    };
    return parameter;
}

std::shared_ptr<Classifier> make(const sdk::ModelEntry& entry, const Options& options,
                                 const DataShape& shape) {
    sdk::OptionValues values;
    for (const auto& option : entry.options) {
        const auto given = options.of_model.find(option.name);
        if (given != options.of_model.end()) values.emplace(option.name, to_option(given->second));
    }
    std::shared_ptr<torch::nn::Module> module;
    try {
        module = entry.make(values, {shape.channels, shape.height, shape.width, shape.classes});
    } catch (const c10::Error& error) {
        throw std::runtime_error(
            fmt::format("the model '{}' cannot be made: {}", entry.name, error.what_without_backtrace()));
    } catch (const std::exception& error) {
        throw std::runtime_error(fmt::format("the model '{}' cannot be made: {}", entry.name, error.what()));
    }
    return std::make_shared<ForeignModel>(entry.name, shape, module, [&entry, module](torch::Tensor images) {
        return entry.forward(*module, std::move(images));
    });
}

/// Adds what one library has.
class Library {
  public:
    explicit Library(const std::string& file) : file_(file) {}

    void load() {
        void* const library = open_library();
        auto* const add_models = symbol<void(sdk::Models&)>(library, "tidemark_add_models");
        if (add_models == nullptr) refuse("has no TIDEMARK_MODELS (see tidemark_model.hpp)");
        require_own_interface(library);
        sdk::Models models;
        add_models(models);
        if (models.entries().empty()) refuse("has no models");
        for (const auto& entry : models.entries()) add(entry);
    }

  private:
    /// One that was built for another LibTorch may lack symbols here; that it says itself what it was built
    /// for explains more than their names.
    void* open_library() const {
        if (void* const library = dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
        const std::string problem = dlerror();
        if (void* const lazily = dlopen(file_.c_str(), RTLD_LAZY | RTLD_LOCAL)) require_own_interface(lazily);
        refuse(fmt::format("cannot be loaded: {} (this tidemark-train is of {})", problem,
                           sdk::binary_interface()));
    }

    void require_own_interface(void* library) const {
        auto* const binary_interface = symbol<const char*()>(library, "tidemark_binary_interface");
        if (binary_interface == nullptr) refuse("has no TIDEMARK_MODELS (see tidemark_model.hpp)");
        if (const std::string own = binary_interface(); own != sdk::binary_interface()) {
            refuse(fmt::format("was built for {}, and this tidemark-train is of {}; build it again", own,
                               sdk::binary_interface()));
        }
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw std::runtime_error(fmt::format("the library {} {}", file_, why));
    }

    void add(const std::shared_ptr<const sdk::ModelEntry>& entry) {
        require_name("model", entry->name);
        const auto is_taken = [&](const std::vector<ModelKind>& kinds) {
            return std::ranges::any_of(
                kinds, [&](const ModelKind& kind) { return kind.description.name == entry->name; });
        };
        if (is_taken(built_in_models()) || is_taken(loaded().models))
            refuse(fmt::format("has a model '{}', and there is one of that name already", entry->name));
        ModelKind kind;
        kind.description.name = entry->name;
        kind.description.title = entry->name;
        kind.description.meaning = entry->meaning;
        for (const auto& option : entry->options) {
            add_option(*entry, option);
            kind.description.options.push_back({option.name, {}});
        }
        kind.make = [entry](const Options& options, const DataShape& shape) {
            return make(*entry, options, shape);
        };
        loaded().models.push_back(std::move(kind));
    }

    void add_option(const sdk::ModelEntry& entry, const sdk::OptionDescription& option) {
        require_name("option", option.name);
        if (is_built_in_parameter(option.name)) {
            refuse(fmt::format(
                "has an option '{}' (of its model '{}'), and the trainer has a parameter of that name; "
                "call it otherwise",
                option.name, entry.name));
        }
        const auto [known, is_new] = loaded().options.try_emplace(option.name, option);
        if (!is_new && !(known->second == option)) {
            refuse(fmt::format(
                "has an option '{}' (of its model '{}') that is not the same as that of another model; "
                "call it otherwise",
                option.name, entry.name));
        }
        if (is_new) loaded().parameters.push_back(parameter_of(option));
    }

    void require_name(const char* what, const std::string& name) const {
        if (!protocol::is_valid_name(name))
            refuse(fmt::format("has a {} '{}'; a name must match [a-z_][a-z0-9_]*", what, name));
    }

    const std::string& file_;
};

}  // namespace

void load_model_libraries(const std::vector<std::string>& files) {
    for (const std::string& file : files) Library(file).load();
}

const std::vector<ModelKind>& library_models() {
    return loaded().models;
}

const std::vector<Parameter>& library_parameters() {
    return loaded().parameters;
}

}  // namespace tidemark::trainer
