#include "run/outcome.hpp"

#include <cstring>

#include <fmt/format.h>

#include "base/overloaded.hpp"

namespace tidemark::run {
namespace {

std::string signal_text(int number) {
    const char* name = sigabbrev_np(number);
    const char* meaning = sigdescr_np(number);
    if (name == nullptr || meaning == nullptr) return fmt::format("signal {}", number);
    return fmt::format("SIG{} ({})", name, meaning);
}

}  // namespace

protocol::Status status_of(const Outcome& outcome) {
    using protocol::Status;
    return std::visit(Overloaded{[](const Exited& end) { return end.accepted ? Status::Ok : Status::Failed; },
                                 [](const Signalled&) { return Status::Crashed; },
                                 [](const OutOfMemory&) { return Status::Oom; },
                                 [](const TimedOut&) { return Status::Timeout; },
                                 [](const Cancelled&) { return Status::Cancelled; },
                                 [](const CouldNotStart&) { return Status::Failed; },
                                 [](const BrokeContract&) { return Status::Failed; }},
                      outcome);
}

std::string_view status(const Outcome& outcome) {
    return to_text(status_of(outcome));
}

std::string reason(const Outcome& outcome) {
    return std::visit(
        Overloaded{[](const Exited& end) {
                       if (end.accepted) return std::string();
                       return fmt::format("exit code {}{}", end.code,
                                          end.code == 0 ? ", which accept_exit does not name" : "");
                   },
                   [](const Signalled& end) { return fmt::format("killed by {}", signal_text(end.signal)); },
                   [](const OutOfMemory& end) { return fmt::format("out of memory: {}", end.how); },
                   [](const TimedOut& end) { return fmt::format("reached the {}", end.limit); },
                   [](const Cancelled& end) { return end.by; },
                   [](const CouldNotStart& end) { return fmt::format("could not start: {}", end.why); },
                   [](const BrokeContract& end) { return end.how; }},
        outcome);
}

std::optional<int> exit_code(const Outcome& outcome) {
    if (const auto* end = std::get_if<Exited>(&outcome)) return end->code;
    if (const auto* broken = std::get_if<BrokeContract>(&outcome)) return broken->exit_code;
    return std::nullopt;
}

std::optional<int> signal_number(const Outcome& outcome) {
    if (const auto* end = std::get_if<Signalled>(&outcome)) return end->signal;
    return std::nullopt;
}

}  // namespace tidemark::run
