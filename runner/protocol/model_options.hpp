#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/description.hpp"

namespace tidemark::protocol {

/// The parameter that chooses the model, of every workload that describes models.
inline constexpr std::string_view kModelParameter = "model";

/// The models that a value of `model` names: one, or several of which each is trained after the other
/// (`h2q+baseline`). Empty: the workload describes none of that name.
std::vector<const ModelDescription*> models_named(const WorkloadDescription& workload,
                                                  std::string_view value);

/// Why the models of that value can do nothing with the value of a parameter, as in "the model 'baseline' has
/// no depth; h2q and mlp have". Nothing: they can, or it is the default, which suits every model.
std::optional<std::string> model_misfit(const WorkloadDescription& workload, std::string_view model,
                                        const ParameterDescription& parameter, const Value& value);

}  // namespace tidemark::protocol
