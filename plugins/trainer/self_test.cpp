#include "trainer/self_test.hpp"

#include <algorithm>

#include <fmt/format.h>
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

/// The first two words of what a library says of itself, which goes on with how it was built.
std::string name_and_version(const std::string& text) {
    return text.substr(0, text.find(' ', text.find(' ') + 1));
}

}  // namespace

std::vector<protocol::HealthFinding> self_test() {
    using protocol::Health;
    /// The reference BLAS reaches about 1.5 GFLOP/s a core, an optimised one 50 and more.
    constexpr double kSlowBlas = 5;  // GFLOP/s for each thread
    const std::int64_t threads = usable_cpus();
    set_compute_threads(threads);
    const double speed = gflops();
    const bool slow = speed < kSlowBlas * static_cast<double>(threads);
    return {
        {"LibTorch", Health::Good, libtorch_version()},
        {"BLAS", slow ? Health::Bad : Health::Good,
         fmt::format("{:.0f} GFLOP/s with {} threads: {}", speed, threads, name_and_version(blas_library())),
         slow ? "install OpenBLAS: apt-get install libopenblas0-pthread" : ""},
        {"bf16", has_bf16_instructions() ? Health::Good : Health::Note,
         has_bf16_instructions()
             ? "by instructions of the processor"
             : "no instructions for it: precision bf16 saves memory here, and takes longer than fp32"}};
}

}  // namespace tidemark::trainer
