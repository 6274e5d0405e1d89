#pragma once

#include <cstdint>
#include <string>

#include <torch/torch.h>

namespace tidemark::trainer {

// All that depends on the version of LibTorch, of the libraries under it, and on their threads.

std::string libtorch_version();

/// The BLAS library that is really loaded: OpenBLAS's own description of itself, where it is that, and the
/// file, with links resolved; "unknown" where none can be found.
std::string blas_library();

/// How many CPUs this process may use (sched_getaffinity): what the number of threads should be.
std::int64_t usable_cpus();

/// Sets the threads that compute, for LibTorch and for OpenBLAS, which does not listen to it. Must be called
/// explicitly: a library that LibTorch 1.13 loads on Debian leaves OpenMP with one.
void set_compute_threads(std::int64_t threads);

/// Sets gradients to zero, keeping their memory for the next step. From 2.0 on LibTorch drops them by
/// default.
void zero_gradients(torch::optim::Optimizer& optimizer);

}  // namespace tidemark::trainer
