#pragma once

#include <string>
#include <vector>

#include "protocol/measurement.hpp"
#include "protocol/request.hpp"

namespace tidemark::run {

/// What a reader of a run's figures has to know: that a limit was not enforced or cut the peak off, that the
/// machine swapped, was throttled, or was busy with other things. One sentence each.
std::vector<std::string> disturbances(const protocol::Measurement& measured, const protocol::Limits& limits);

}  // namespace tidemark::run
