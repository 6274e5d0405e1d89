#pragma once

#include <string>
#include <vector>

#include "trainer/models/model_catalogue.hpp"
#include "trainer/parameters.hpp"

namespace tidemark::trainer {

/// Loads shared libraries of model authors (plugins/sdk/tidemark_model.hpp) for as long as the process lives.
/// To be called before anything asks for models or parameters. Throws std::runtime_error naming the library
/// where it is none, was built for another trainer, or has a name that is taken.
void load_model_libraries(const std::vector<std::string>& files);

/// Of all libraries that were loaded.
const std::vector<ModelKind>& library_models();
const std::vector<Parameter>& library_parameters();

}  // namespace tidemark::trainer
