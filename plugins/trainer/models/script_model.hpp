#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "trainer/datasets/data_shape.hpp"
#include "trainer/models/classifier.hpp"

namespace tidemark::trainer {

/// What `model` says before the file of a TorchScript module.
inline constexpr std::string_view kScriptPrefix = "script:";

/// A module that Python exported with torch.jit.script or torch.jit.trace, with the weights that it was saved
/// with. Parameters that need no gradient stay as they are. `model` is script:FILE. Throws std::runtime_error
/// where the file holds none.
std::shared_ptr<Classifier> load_script_model(const std::string& model, const DataShape& shape);

}  // namespace tidemark::trainer
