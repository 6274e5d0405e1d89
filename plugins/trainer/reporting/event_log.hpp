#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/value.hpp"
#include "protocol/event.hpp"

namespace tidemark::trainer {

/// Appends the events of the contract to the file named in TIDEMARK_EVENTS; says nothing where the variable
/// is not set.
class EventLog {
  public:
    EventLog();
    ~EventLog();
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    void phase(const std::string& name);
    void metric(const std::string& name, double value, std::optional<std::int64_t> epoch = {});
    void info(const std::string& name, const Value& value);
    /// What whoever reads the figures should know: a fact, note, note_2 and so on, and a line on stderr.
    void note(const std::string& text);
    /// At most five a second, and the last of an epoch.
    void progress(const protocol::Progress& progress);

  private:
    void write(protocol::Event event);
    int file_ = -1;
    double last_progress_ = 0;
    int notes_ = 0;
};

}  // namespace tidemark::trainer
