#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "trainer/memory/prediction.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

struct EpochResult {
    double loss = 0;
    double test_loss = 0;
    double accuracy = 0;
    Seconds train_time{};
};

/// Bytes, by what they were for.
struct MemoryResult {
    std::int64_t model = 0;
    std::int64_t activations = 0;
    std::int64_t loader = 0;
    std::int64_t tensors = 0;   ///< the most at once
    std::int64_t overhead = 0;  ///< peak resident memory beside tensors
    Prediction predicted;
};

struct ModelResult {
    std::string model;
    std::int64_t params = 0;
    EpochResult last;
    MemoryResult memory;
    Seconds time{};
};

/// The log for people, on stdout.
class Console {
  public:
    Console(std::ostream& out, const Options& options) : out_(out), options_(options) {}
    struct Data {
        std::int64_t train_batches = 0;
        std::int64_t test_batches = 0;
        std::int64_t effective_batch = 0;
        std::vector<std::string> counts{};  ///< "train images: 100 (cat: 50, dog: 50)"
    };
    void header(const std::string& device, Bytes initial, const Data& sizes);
    void model(const std::string& model, std::int64_t params);
    void epoch(std::int64_t epoch);
    /// Every tenth change of the weights, and the end of the epoch.
    void step(std::int64_t batch, std::int64_t batches, double loss);
    void epoch_end(const EpochResult& result);
    /// Where nothing is trained.
    void tested(const EpochResult& result);
    void saved(const std::string& file);
    void results(const std::vector<ModelResult>& results, Bytes initial);

  private:
    void memory(const ModelResult& result);
    std::string data() const;
    std::ostream& out_;
    const Options& options_;
};

}  // namespace tidemark::trainer
