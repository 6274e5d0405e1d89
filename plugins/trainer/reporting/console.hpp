#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "base/units.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

struct EpochResult {
    std::int64_t epoch = 0;
    double loss = 0;
    double test_loss = 0;
    double accuracy = 0;
    Seconds train_time;
};

/// The log for people, on stdout.
class Console {
  public:
    Console(std::ostream& out, const Options& options) : out_(out), options_(options) {}
    void header(std::int64_t params, std::int64_t train_batches, std::int64_t test_batches, Bytes initial);
    void epoch(const EpochResult& result);
    void result(const EpochResult& last, std::int64_t params, Seconds total, Bytes initial);

  private:
    std::string data() const;
    std::ostream& out_;
    const Options& options_;
};

}  // namespace tidemark::trainer
