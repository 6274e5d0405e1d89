#pragma once

#include <memory>
#include <string>

#include "trainer/models/classifier.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

/// Makes the network that `options.model` names, with random weights from LibTorch's generator. A new model
/// is one more line in model_catalogue.cpp, and its name in the choices of `model` in options.cpp.
std::shared_ptr<Classifier> make_model(const Options& options);

/// "H2Q-Spacetime", as people call it.
std::string display_name(const std::string& model);

}  // namespace tidemark::trainer
