#pragma once

#include "base/units.hpp"

namespace tidemark::trainer {

/// Resident memory of this process now (/proc/self/statm), and the most it has had so far (VmHWM).
Bytes resident_memory();
Bytes peak_resident_memory();

}  // namespace tidemark::trainer
