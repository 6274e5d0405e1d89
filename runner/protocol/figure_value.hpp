#pragma once

#include "base/value.hpp"
#include "protocol/figures.hpp"

namespace tidemark::protocol {

/// What was measured of the figure, as it is stored: null where it was not.
Value value_of(const Figure& figure, const Measurement& measurement);

}  // namespace tidemark::protocol
