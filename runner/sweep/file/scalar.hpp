#pragma once

#include <string>

#include "base/value.hpp"
#include "sweep/file/yaml_document.hpp"

namespace tidemark::sweep {

/// The value of a scalar by YAML 1.2's core schema: null, booleans, integers (decimal, 0x, 0o), reals;
/// everything else and all that is quoted is a text. https://yaml.org/spec/1.2.2/#103-core-schema
Value scalar_value(const Node& node);

/// What a run's name shows of a value: a number and a truth as they were written, as a command is told them.
std::string shown_value(const Value& value, const std::string& written);

/// False for infinities and NaN, which no parameter may be.
bool is_finite(const Value& value);

/// What is wrong with a scalar: it holds a NUL, or it is unquoted and YAML versions read it differently
/// (`yes`, `010`, `0b101`), or a reader takes it for a number and YAML does not (`1_000`), or it is a number
/// beyond 64 bits, which would be rounded silently. Empty: nothing.
std::string scalar_problem(const Node& node);

}  // namespace tidemark::sweep
