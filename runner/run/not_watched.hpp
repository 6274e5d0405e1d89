#pragma once

#include "run/record.hpp"
#include "run/scheduler.hpp"

namespace tidemark::run {

/// Why it is not known what runs on other machines read.
inline constexpr const char* kMadeElsewhere = "they were made on other machines, where it is not watched";

/// Says of runs on other machines that it was not seen what they read.
class NotWatched : public InputWatch {
  public:
    void begin(const protocol::Request&) override {}
    void end(const protocol::Request&) override {}
    void add_to(Record& record) override { record.observation = Observation{{}, {}, kMadeElsewhere}; }
};

}  // namespace tidemark::run
