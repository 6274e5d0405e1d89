#pragma once

#include <map>
#include <string>

#include "run/file_watch.hpp"
#include "run/observed_states.hpp"
#include "run/scheduler.hpp"

namespace tidemark::run {

/// Finds out what runs read below the sweep's folder, and adds it to their records.
class WatchedInputs : public InputWatch {
  public:
    explicit WatchedInputs(ObservedStates states);

    void begin(const protocol::Request& request) override;
    void end(const protocol::Request& request) override;
    void add_to(Record& record) override;

    /// Why it is not known of all runs what they read; empty: it is.
    std::string gap() { return watch_.gap(); }

  private:
    ObservedStates states_;
    FileWatch watch_;
    std::map<std::string, Seen> ended_;  ///< by run_id
};

}  // namespace tidemark::run
