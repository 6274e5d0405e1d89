#pragma once

#include "base/units.hpp"

namespace tidemark::trainer {

/// Resident memory of this process now (/proc/self/statm).
Bytes resident_memory();

/// The most it has had so far (VmHWM). Whoever lets the mark be reset looks at it once before, so that it is
/// remembered.
Bytes peak_resident_memory();

}  // namespace tidemark::trainer
