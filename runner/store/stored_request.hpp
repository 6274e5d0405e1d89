#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/measurement.hpp"
#include "protocol/request.hpp"

namespace tidemark::store {

/// What a run was told, and what was measured of it, as the database keeps them. A database may have been
/// damaged or changed by anything: both throw CannotGoOn that names the run.
protocol::Request stored_request(const std::string& run_id, std::string_view text);
protocol::Measurement stored_measurement(const std::string& run_id, std::string_view text);

/// The same, and nothing where it is damaged.
std::optional<protocol::Request> readable_request(std::string_view text);

}  // namespace tidemark::store
