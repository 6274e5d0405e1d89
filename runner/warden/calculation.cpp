#include "warden/calculation.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace tidemark::warden {
namespace {

double own_cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

/// The faster of two, for one may have been interrupted.
double timed_calculation() {
    constexpr int kSteps = 50'000;
    static volatile std::uint64_t result = 1;
    double fastest = 1;
    for (int attempt = 0; attempt < 2; ++attempt) {
        const double begin = own_cpu_seconds();
        std::uint64_t number = result;
        for (int step = 0; step < kSteps; ++step)
            number = number * 6364136223846793005U + 1442695040888963407U;
        result = number;
        fastest = std::min(fastest, own_cpu_seconds() - begin);
    }
    return fastest;
}

std::optional<CpuSpeed> speed_of(std::vector<double> calculations) {
    constexpr std::size_t kFewest = 10;
    const std::size_t count = calculations.size();
    if (count < kFewest) return std::nullopt;
    std::sort(calculations.begin(), calculations.end());
    const double median = calculations[count / 2];
    if (median <= 0) return std::nullopt;
    return CpuSpeed{median, (calculations[count * 9 / 10] - calculations[count / 10]) / median};
}

}  // namespace tidemark::warden
