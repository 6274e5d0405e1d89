#pragma once

#include <functional>
#include <vector>

#include "protocol/description.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

/// One row of the table that feeds parsing, --describe, --help and the checks of sweep files.
struct Parameter {
    protocol::ParameterDescription description;
    std::function<void(Options&, const Value&)> set;  ///< the value is checked already
};

/// The trainer's own, and those of the libraries that are loaded.
const std::vector<Parameter>& parameters();
/// Whether the trainer itself has a parameter of that name.
bool is_built_in_parameter(const std::string& name);

const std::vector<protocol::MetricDescription>& metrics();

}  // namespace tidemark::trainer
