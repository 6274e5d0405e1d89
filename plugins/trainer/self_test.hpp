#pragma once

#include <string>

namespace tidemark::trainer {

/// What `tidemark doctor` wants to know of this machine (`--self-test`), as JSON: libtorch, blas, threads,
/// and gflops, the speed of single-precision matrix products with all threads, measured for about a second.
std::string self_test();

}  // namespace tidemark::trainer
