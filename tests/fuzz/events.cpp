// Lines of a file of events and of samples, which a program may write as it likes.
#include <string>

#include "harness.hpp"
#include "protocol/event.hpp"
#include "protocol/measurement.hpp"

namespace {

using namespace tidemark;

void look_at(const std::string& line) {
    std::string problem;
    if (const auto event = protocol::parse_event(line, &problem)) {
        const std::string written = protocol::to_line(*event);
        const auto again = protocol::parse_event(written);
        fuzz::must(again.has_value(), "an event that was written is one");
        fuzz::must(protocol::to_line(*again) == written, "an event that was written is read as it was");
    } else {
        fuzz::must(!problem.empty(), "a line that is no event has a reason");
    }
    if (const auto sample = protocol::sample_from_json_line(line))
        fuzz::must(protocol::sample_from_json_line(protocol::to_json_line(*sample)).has_value(),
                   "a sample that was written is one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    while (!input.empty()) {
        const std::size_t end = std::min(input.find('\n'), input.size());
        look_at(std::string(input.substr(0, end)));
        input.remove_prefix(std::min(end + 1, input.size()));
    }
    return 0;
}
