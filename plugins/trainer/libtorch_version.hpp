#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <torch/torch.h>
#include <torch/version.h>

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

/// What the optimizer remembers of a parameter; null where there is nothing yet. Keys are texts in 1.13 and
/// addresses from 2.0 on.
torch::optim::OptimizerParamState* parameter_state(torch::optim::Optimizer& optimizer,
                                                   const torch::Tensor& parameter);
void set_parameter_state(torch::optim::Optimizer& optimizer, const torch::Tensor& parameter,
                         std::unique_ptr<torch::optim::OptimizerParamState> state);

#if defined(TORCH_VERSION_MAJOR) && TORCH_VERSION_MAJOR >= 2
using ReportedTotal = std::size_t;
#else
using ReportedTotal = std::int64_t;
#endif

/// While it lives, convolutions and products of this thread are computed in a smaller type (automatic mixed
/// precision, Micikevicius et al. 2018, arXiv:1710.03740).
class Autocast {
  public:
    struct Setting {
        torch::DeviceType device = torch::kCPU;
        torch::ScalarType type = torch::kBFloat16;
    };
    explicit Autocast(const Setting& setting);
    ~Autocast();
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

    /// The setting in force in this thread, if any.
    static std::optional<Setting> active();

  private:
    std::optional<Setting> before_;
};

/// oneDNN's product of float matrices (dnnl_sgemm, oneapi-src.github.io/oneDNN), which lie row by row. 64
/// images of h2q took 7.9 s of CPU time by it and 9.0 by OpenBLAS's, on an AMD EPYC. Null where LibTorch has
/// oneDNN inside, out of reach.
using Sgemm = int(char transpose_a, char transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
                  float alpha, const float* a, std::int64_t row_a, const float* b, std::int64_t row_b,
                  float beta, float* c, std::int64_t row_c);
Sgemm* onednn_sgemm();

/// Whether the processor computes in bf16 by instructions of its own (AVX512_BF16 or AMX); elsewhere LibTorch
/// computes in fp32 and rounds.
bool has_bf16_instructions();

/// Gives the GPU memory that LibTorch keeps for later back. Does nothing where it was built without CUDA.
void empty_device_cache();

}  // namespace tidemark::trainer
