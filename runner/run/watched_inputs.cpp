#include "run/watched_inputs.hpp"

#include <system_error>

#include <fmt/format.h>

namespace tidemark::run {
namespace {

constexpr const char* kNotAllIsKnown =
    "not all that it read below the sweep's folder is known, so a change of it may go unnoticed";

}  // namespace

WatchedInputs::WatchedInputs(ObservedStates states)
    : states_(std::move(states)), watch_(states_.folder(), states_.left_out()) {}

void WatchedInputs::begin(const protocol::Request& request) {
    watch_.begin(request.run_id);
}

void WatchedInputs::end(const protocol::Request& request) {
    ended_[request.run_id] = watch_.end(request.run_id);
}

void WatchedInputs::add_to(Record& record) {
    const auto own = ended_.extract(record.request.run_id);
    if (own.empty()) return;
    const Seen& seen = own.mapped();
    std::error_code error;
    record.observation = states_.observation(
        seen, watch_, std::filesystem::weakly_canonical(record.request.working_directory, error));
    watch_.results_are_taken();
    if (!record.observation->gap.empty())
        record.warnings.push_back(fmt::format("{}: {}", kNotAllIsKnown, record.observation->gap));
}

}  // namespace tidemark::run
