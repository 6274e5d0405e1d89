#pragma once

#include <functional>

#include "support/random_programs.hpp"

namespace tidemark::test {

/// Leaves out what it can of a program of so many steps, so that it still fails. `fails` is asked no more
/// than `patience` times.
RandomProgram shrunk(RandomProgram program, int steps, const std::function<bool(const RandomProgram&)>& fails,
                     int patience);

}  // namespace tidemark::test
