#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <nlohmann/json_fwd.hpp>

namespace tidemark {

/// The value of a parameter, a metric or a database cell. `std::monostate` is null. Booleans stay booleans
/// towards the child (JSON `true`) and become 1 and 0 towards SQLite, which has none.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

bool is_null(const Value& value);
bool is_number(const Value& value);

/// A number as a double; nothing of anything else. Integers beyond 2^53 are rounded.
std::optional<double> number_of(const Value& value);

/// As it stands in a run's name, in a command's argument and in a table: `128`, `0.001`, `true`, `null`, text
/// as it is. Reals are written in the shortest form that reads back to the same number; whole ones keep a
/// `.0`.
std::string to_text(const Value& value);

nlohmann::json to_json(const Value& value);

/// Arrays and objects, which are not values, are turned into their JSON text.
Value value_from_json(const nlohmann::json& json);

}  // namespace tidemark
