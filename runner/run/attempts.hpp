#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "protocol/retries.hpp"
#include "run/record.hpp"
#include "run/scheduler.hpp"

namespace tidemark::run {

/// How often each run was tried by this command, and whether it may be tried again.
class Attempts {
  public:
    explicit Attempts(const protocol::Retries& retries) : retries_(retries) {}

    /// A later attempt is told of the one before it: who reads its figures shall know that it was not the
    /// first.
    void note(const PlannedRun& run, Record& record);
    bool allow_another(const PlannedRun& run, const Record& record) const;
    int made(const PlannedRun& run) const;

  private:
    struct Made {
        int attempts = 0;
        std::string ending;  ///< of the last one
    };
    const protocol::Retries& retries_;
    std::map<std::pair<std::size_t, int>, Made> made_;
};

/// Counts failures in succession that are alike: same status, same reason, same last words, whatever numbers
/// are in them.
class EqualFailures {
  public:
    /// `enough`: 0 where no number is.
    explicit EqualFailures(int enough) : enough_(enough) {}

    void note(const Record& record);
    bool are_enough() const { return enough_ > 0 && count_ >= enough_; }
    /// The last one, for people.
    const std::string& text() const { return text_; }

  private:
    int enough_;
    int count_ = 0;
    std::string kind_;
    std::string text_;
};

}  // namespace tidemark::run
