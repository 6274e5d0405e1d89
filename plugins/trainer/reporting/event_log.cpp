#include "trainer/reporting/event_log.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "protocol/phase_announcement.hpp"
#include "protocol/request.hpp"
#include "trainer/reporting/process_memory.hpp"

namespace tidemark::trainer {
namespace {

constexpr double kProgressPeriod = 0.2;  // seconds

}  // namespace

EventLog::EventLog() {
    if (const char* path = std::getenv(protocol::kEventsVariable)) {
        file_ = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        if (file_ < 0) {
            fmt::print(stderr, "tidemark-train: cannot write events to {}: {}\n", path, std::strerror(errno));
        }
    }
}

EventLog::~EventLog() {
    if (file_ >= 0) close(file_);
}

void EventLog::phase(const std::string& name) {
    peak_resident_memory();          // the warden resets the mark
    protocol::announce_phase(name);  // for its exact peak; without a warden the line alone has to do
    write({{}, protocol::Phase{name}});
}

void EventLog::metric(const std::string& name, double value, std::optional<std::int64_t> epoch) {
    write({{}, protocol::Metric{name, value, epoch}});
}

void EventLog::info(const std::string& name, const Value& value) {
    write({{}, protocol::Info{name, value}});
}

void EventLog::note(const std::string& text) {
    ++notes_;
    fmt::print(stderr, "tidemark-train: note: {}\n", text);
    info(notes_ == 1 ? "note" : fmt::format("note_{}", notes_), text);
}

void EventLog::progress(const protocol::Progress& progress) {
    const double now = monotonic_now().value;
    if (now - last_progress_ < kProgressPeriod && progress.step != progress.total) return;
    last_progress_ = now;
    write({{}, progress});
}

void EventLog::write(protocol::Event event) {
    if (file_ < 0) return;
    event.t = monotonic_now();
    const std::string line = protocol::to_line(event) + "\n";
    // in one call, so that a reader sees whole lines; a full disk must not end a training
    [[maybe_unused]] const ssize_t count = ::write(file_, line.data(), line.size());
}

}  // namespace tidemark::trainer
