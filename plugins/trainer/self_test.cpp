#include "trainer/self_test.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include "base/clock.hpp"
#include "trainer/libtorch_version.hpp"
#include "trainer/training/session.hpp"

namespace tidemark::trainer {
namespace {

/// The best of several products: others may use the machine, too.
double gflops() {
    constexpr std::int64_t kSide = 1024;
    constexpr double kOperations = 2.0 * kSide * kSide * kSide;
    constexpr double kPatience = 1;  // seconds
    const torch::NoGradGuard no_gradients;
    const torch::Tensor left = torch::randn({kSide, kSide});
    const torch::Tensor right = torch::randn({kSide, kSide});
    torch::Tensor product = torch::mm(left, right);  // the first one starts the threads
    double best = 0;
    const double begin = monotonic_now().value;
    while (monotonic_now().value - begin < kPatience) {
        const double start = monotonic_now().value;
        torch::mm_out(product, left, right);
        best = std::max(best, kOperations / (monotonic_now().value - start));
    }
    return best * 1e-9;
}

}  // namespace

std::string self_test() {
    const std::int64_t threads = usable_cpus();
    set_compute_threads(threads);
    return nlohmann::json{{"libtorch", libtorch_version()},
                          {"blas", blas_library()},
                          {"threads", threads},
                          {"gflops", gflops()}}
        .dump();
}

}  // namespace tidemark::trainer
