#include "trainer/models/model_catalogue.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "trainer/models/baseline.hpp"
#include "trainer/models/h2q.hpp"
#include "trainer/models/library_models.hpp"
#include "trainer/models/mlp.hpp"
#include "trainer/models/resnet18.hpp"
#include "trainer/models/script_model.hpp"

namespace tidemark::trainer {
namespace {

std::vector<ModelKind> make_built_in_models() {
    return {
        {{"h2q",
          "H2Q-Spacetime",
          "convolutions over features that are normalised as quaternions",
          {},
          {{"hidden"}, {"depth"}, {"norm"}, {"formulation"}, {"checkpointing"}}},
         [](const Options& options, const DataShape& shape) {
             return std::make_shared<H2QImpl>(
                 H2QOptions{options.hidden, options.depth, norm_kind_from(options.norm),
                            formulation_from(options.formulation), checkpointing_from(options.checkpointing)},
                 shape);
         }},
        {{"baseline",
          "Baseline CNN",
          "five plain convolutions",
          {},
          {{"hidden"}, {"norm"}, {"checkpointing"}}},
         [](const Options& options, const DataShape& shape) {
             return std::make_shared<BaselineImpl>(
                 BaselineOptions{options.hidden, norm_kind_from(options.norm),
                                 checkpointing_from(options.checkpointing)},
                 shape);
         }},
        {{"resnet18",
          "ResNet-18",
          "residual blocks in their form for small images (He et al. 2015)",
          {},
          {{"norm"}, {"checkpointing"}}},
         [](const Options& options, const DataShape& shape) {
             return std::make_shared<ResNet18Impl>(
                 ResNet18Options{norm_kind_from(options.norm), checkpointing_from(options.checkpointing)},
                 shape);
         }},
        {{"mlp", "MLP", "fully connected layers over all pixels at once", {}, {{"hidden"}, {"depth"}}},
         [](const Options& options, const DataShape& shape) {
             return std::make_shared<MlpImpl>(MlpOptions{options.hidden, options.depth}, shape);
         }}};
}

const ModelKind& script_model() {
    static const ModelKind kind{
        {fmt::format("{}{}", kScriptPrefix, protocol::kAnyFile),
         "TorchScript",
         "a module that Python exported with torch.jit, whose forward takes the batch",
         {},
         {}},
        [](const Options& options, const DataShape& shape) {
            return load_script_model(options.model, shape);
        }};
    return kind;
}

const ModelKind* find(const std::string& model) {
    if (model.starts_with(kScriptPrefix)) return &script_model();
    for (const auto* kinds : {&built_in_models(), &library_models()}) {
        const auto found = std::ranges::find_if(
            *kinds, [&](const ModelKind& kind) { return kind.description.name == model; });
        if (found != kinds->end()) return &*found;
    }
    return nullptr;
}

}  // namespace

const std::vector<ModelKind>& built_in_models() {
    static const std::vector<ModelKind> all = make_built_in_models();
    return all;
}

std::vector<ModelKind> all_models() {
    std::vector<ModelKind> all = built_in_models();
    all.push_back(script_model());
    all.insert(all.end(), library_models().begin(), library_models().end());
    return all;
}

std::vector<protocol::ModelDescription> describe_models() {
    std::vector<protocol::ModelDescription> descriptions;
    for (const ModelKind& kind : built_in_models()) {
        descriptions.push_back(kind.description);
        descriptions.back().params = parameter_count(*kind.make(Options{}, DataShape{}));
    }
    descriptions.push_back(script_model().description);
    // not made here: what goes wrong in one is the outcome of the run that wants it
    for (const ModelKind& kind : library_models()) descriptions.push_back(kind.description);
    return descriptions;
}

std::shared_ptr<Classifier> make_model(const Options& options, const DataShape& shape) {
    const ModelKind* kind = find(options.model);
    if (kind == nullptr) throw std::invalid_argument("unknown model " + options.model);
    return kind->make(options, shape);
}

std::string display_name(const std::string& model) {
    const ModelKind* kind = find(model);
    if (kind == nullptr) return model;
    return kind == &script_model() ? std::filesystem::path(model).filename().string()
                                   : kind->description.title;
}

}  // namespace tidemark::trainer
