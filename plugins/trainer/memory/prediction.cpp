#include "trainer/memory/prediction.hpp"

namespace tidemark::trainer {
namespace {

constexpr double kBytesPerParameter = 4 + 2 * 4;  // the parameter and Adam's two moments; no gradient
constexpr double kBytesPerImage = 400e6 / 128;    // "400 MB" at batch 128, "50 MB" at 16
constexpr double kBytesPerWorker = 500e6 / 2;     // "~500 MB" for two

}  // namespace

Prediction predict(const Options& options, std::int64_t parameters) {
    return {kBytesPerParameter * static_cast<double>(parameters),
            kBytesPerImage * static_cast<double>(options.batch_size),
            kBytesPerWorker * static_cast<double>(options.workers)};
}

}  // namespace tidemark::trainer
