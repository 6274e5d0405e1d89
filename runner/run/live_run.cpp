#include "run/live_run.hpp"

#include "run/run_directory.hpp"

namespace tidemark::run {

LiveRun::LiveRun(const std::filesystem::path& directory)
    : events_(RunDirectory(directory).events()), samples_(RunDirectory(directory).samples()) {}

void LiveRun::refresh() {
    events_.read_new([this](std::string_view line) {
        const auto event = protocol::parse_event(line);
        if (!event) return;
        if (const auto* progress = std::get_if<protocol::Progress>(&event->what)) {
            progress_ = *progress;
            if (progress->loss) loss_ = progress->loss;
        } else if (const auto* phase = std::get_if<protocol::Phase>(&event->what)) {
            phase_ = phase->name;
        } else if (const auto* metric = std::get_if<protocol::Metric>(&event->what)) {
            if (metric->name == "loss") loss_ = metric->value;
        }
    });
    std::string last;
    samples_.read_new([&](std::string_view line) { last = line; });
    if (!last.empty()) sample_ = protocol::sample_from_json_line(last);
}

}  // namespace tidemark::run
