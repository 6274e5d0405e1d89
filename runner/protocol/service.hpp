#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/units.hpp"

namespace tidemark::protocol {

/// How long a service may take to become ready, where nobody says otherwise.
inline constexpr Seconds kServiceWait{60};

/// A program that runs beside another one and is not measured: a server for its client. It is ready when all
/// that is given here of `port`, `line` and `check` says so.
struct Service {
    std::vector<std::string> command;
    std::optional<int> port;         ///< somebody listens at it
    std::string line;                ///< an expression that a line of its output matches; empty: none
    std::vector<std::string> check;  ///< a command that ends with 0; empty: none
    Seconds within = kServiceWait;
};

nlohmann::ordered_json to_json(const Service& service);
/// Throws nlohmann::json::exception where it is none.
Service service_from_json(const nlohmann::ordered_json& json);

}  // namespace tidemark::protocol
