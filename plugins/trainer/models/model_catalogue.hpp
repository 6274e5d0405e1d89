#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/description.hpp"
#include "trainer/datasets/data_shape.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

/// A network that `model` can name. The same entry makes it, feeds the choices of `model` and `tidemark
/// models`, and says which parameters may be given with it.
struct ModelKind {
    protocol::ModelDescription description;  ///< but for `params`
    std::function<std::shared_ptr<Classifier>(const Options&, const DataShape&)> make;
};

/// A new model is one more entry in model_catalogue.cpp.
const std::vector<ModelKind>& built_in_models();

/// Those, and the ones of the libraries that are loaded.
std::vector<ModelKind> all_models();

/// Of all of them, the built-in ones with their numbers of parameters, for which each is made once.
std::vector<protocol::ModelDescription> describe_models();

/// Makes the network that `options.model` names, with random weights from LibTorch's generator.
std::shared_ptr<Classifier> make_model(const Options& options, const DataShape& shape);

/// "H2Q-Spacetime", as people call it.
std::string display_name(const std::string& model);

}  // namespace tidemark::trainer
