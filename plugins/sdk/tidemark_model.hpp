#pragma once

// A model of your own for tidemark-train: include this in a shared library, describe the model in
// TIDEMARK_MODELS, and name the library under `plugins:` in a sweep file. Written as models are in LibTorch:
//
//     struct RingsOptions {
//         TORCH_ARG(int64_t, width) = 32;
//     };
//     class RingsImpl : public torch::nn::Module {
//       public:
//         RingsImpl(const RingsOptions& options, const tidemark::sdk::DataShape& shape);
//         torch::Tensor forward(torch::Tensor images);  // batch × channels × height × width → batch ×
//         classes
//     };
//     TORCH_MODULE(Rings);
//
//     TIDEMARK_MODELS(models) {
//         models.add<Rings, RingsOptions>("rings", "convolutions whose borders wrap around")
//             .option("width", [](RingsOptions& o) -> int64_t& { return o.width(); }, "channels", 1, 512);
//     }
//
// Needs C++17 and the LibTorch that tidemark-train was built with; another one is refused, with both
// versions.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <torch/torch.h>
#include <torch/version.h>

namespace tidemark::sdk {

/// Grows when a library that was built with an older one could misunderstand the trainer.
inline constexpr int kModelInterface = 1;

/// The form of the images that the run trains with, and how many classes they have.
struct DataShape {
    std::int64_t channels = 3;
    std::int64_t height = 32;
    std::int64_t width = 32;
    std::int64_t classes = 10;
};

using OptionValue = std::variant<bool, std::int64_t, double, std::string>;
using OptionValues = std::map<std::string, OptionValue>;

/// What a sweep file may say of an option, and what `tidemark models` and --help tell of it.
struct OptionDescription {
    std::string name;  ///< matches [a-z_][a-z0-9_]*, for it becomes a column of the results
    std::string meaning;
    OptionValue default_value;
    std::optional<double> minimum{};
    std::optional<double> maximum{};
    std::vector<std::string> choices{};  ///< of a text; none: any
    bool operator==(const OptionDescription& other) const {
        return name == other.name && meaning == other.meaning && default_value == other.default_value &&
               minimum == other.minimum && maximum == other.maximum && choices == other.choices;
    }
};

/// A model as the trainer sees it. Libraries make one with Models::add.
class ModelEntry {
  public:
    ModelEntry(std::string own_name, std::string own_meaning)
        : name(std::move(own_name)), meaning(std::move(own_meaning)) {}
    ModelEntry(const ModelEntry&) = delete;
    ModelEntry& operator=(const ModelEntry&) = delete;
    virtual ~ModelEntry() = default;

    virtual std::shared_ptr<torch::nn::Module> make(const OptionValues& values,
                                                    const DataShape& shape) const = 0;
    virtual torch::Tensor forward(torch::nn::Module& model, torch::Tensor images) const = 0;

    std::string name;     ///< what `model:` of a sweep file says
    std::string meaning;  ///< in a sentence
    std::vector<OptionDescription> options;
};

/// `Holder` is what TORCH_MODULE made; its Impl is constructed from `Options` and a DataShape.
template <typename Holder, typename Options>
class Model : public ModelEntry {
  public:
    using ModelEntry::ModelEntry;

    /// `access` returns a reference to the option's member, which is a bool, int64_t, double or std::string;
    /// the default is that of a new Options. Numbers must lie from `minimum` to `maximum`.
    template <typename Access>
    Model& option(const std::string& option_name, Access access, const std::string& option_meaning,
                  std::optional<double> minimum = std::nullopt,
                  std::optional<double> maximum = std::nullopt) {
        return add(option_name, access, {option_name, option_meaning, {}, minimum, maximum, {}});
    }

    /// A text that is one of `choices`.
    template <typename Access>
    Model& choice(const std::string& option_name, Access access, const std::string& option_meaning,
                  std::vector<std::string> choices) {
        return add(option_name, access,
                   {option_name, option_meaning, {}, std::nullopt, std::nullopt, std::move(choices)});
    }

    std::shared_ptr<torch::nn::Module> make(const OptionValues& values,
                                            const DataShape& shape) const override {
        Options made;
        for (const auto& setter : setters_) setter(made, values);
        return std::make_shared<Impl>(made, shape);
    }
    torch::Tensor forward(torch::nn::Module& model, torch::Tensor images) const override {
        return dynamic_cast<Impl&>(model).forward(std::move(images));
    }

  private:
    using Impl = typename Holder::ContainedType;

    template <typename Access>
    Model& add(const std::string& option_name, Access access, OptionDescription description) {
        using Value = std::remove_reference_t<decltype(access(std::declval<Options&>()))>;
        static_assert(
            std::is_same_v<Value, bool> || std::is_same_v<Value, std::int64_t> ||
                std::is_same_v<Value, double> || std::is_same_v<Value, std::string>,
            "an option is a bool, int64_t, double or std::string, and its access returns a reference");
        Options defaults;
        description.default_value = access(defaults);
        options.push_back(std::move(description));
        setters_.push_back([option_name, access](Options& made, const OptionValues& values) {
            const auto given = values.find(option_name);
            if (given != values.end()) access(made) = std::get<Value>(given->second);
        });
        return *this;
    }

    std::vector<std::function<void(Options&, const OptionValues&)>> setters_;
};

/// All models of a library.
class Models {
  public:
    template <typename Holder, typename Options>
    Model<Holder, Options>& add(const std::string& name, const std::string& meaning) {
        auto model = std::make_shared<Model<Holder, Options>>(name, meaning);
        entries_.push_back(model);
        return *model;
    }
    const std::vector<std::shared_ptr<const ModelEntry>>& entries() const { return entries_; }

  private:
    std::vector<std::shared_ptr<const ModelEntry>> entries_;
};

/// What must be the same in a library and in the trainer, because C++ objects cross their border.
inline std::string binary_interface() {
    std::string text = "model interface " + std::to_string(kModelInterface) + ", LibTorch " + TORCH_VERSION;
#ifdef __GXX_ABI_VERSION
    text += ", C++ ABI " + std::to_string(__GXX_ABI_VERSION);
#endif
#ifdef _GLIBCXX_USE_CXX11_ABI
    text += ", strings of C++11: " + std::to_string(_GLIBCXX_USE_CXX11_ABI);
#endif
    return text;
}

}  // namespace tidemark::sdk

/// Followed by a block that adds models to `models`. Once in a library.
#define TIDEMARK_MODELS(models)                                                                 \
    extern "C" __attribute__((visibility("default"))) const char* tidemark_binary_interface() { \
        static const std::string text = tidemark::sdk::binary_interface();                      \
        return text.c_str();                                                                    \
    }                                                                                           \
    extern "C" __attribute__((visibility("default"))) void tidemark_add_models(tidemark::sdk::Models& models)
