#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "trainer/reporting/event_log.hpp"

namespace tidemark::trainer {

/// Events whose names begin with something, so that several models of one process can be told apart.
class NamedEvents {
  public:
    NamedEvents(EventLog& log, std::string prefix) : log_(log), prefix_(std::move(prefix)) {}
    void phase(const std::string& name) { log_.phase(prefix_ + name); }
    void metric(const std::string& name, double value, std::optional<std::int64_t> epoch = {}) {
        log_.metric(prefix_ + name, value, epoch);
    }
    void bytes(const std::string& name, std::int64_t value) { metric(name, static_cast<double>(value)); }
    void info(const std::string& name, const Value& value) { log_.info(prefix_ + name, value); }
    void note(const std::string& text) { log_.note(text); }
    void progress(const protocol::Progress& progress) { log_.progress(progress); }

  private:
    EventLog& log_;
    std::string prefix_;
};

}  // namespace tidemark::trainer
