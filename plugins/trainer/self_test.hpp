#pragma once

#include <vector>

#include "protocol/self_test.hpp"

namespace tidemark::trainer {

/// How well this machine can train (`--self-test`), for `tidemark doctor`: LibTorch, and how fast its BLAS
/// multiplies. Takes about a second.
std::vector<protocol::HealthFinding> self_test();

}  // namespace tidemark::trainer
