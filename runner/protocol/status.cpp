#include "protocol/status.hpp"

#include "base/enum_names.hpp"

namespace tidemark::protocol {
namespace {

constexpr EnumNames<Status, 7> kNames{{{Status::Ok, "ok"},
                                       {Status::Oom, "oom"},
                                       {Status::Timeout, "timeout"},
                                       {Status::Cancelled, "cancelled"},
                                       {Status::Crashed, "crashed"},
                                       {Status::Failed, "failed"},
                                       {Status::NotRun, "not run"}}};

}  // namespace

std::string_view to_text(Status status) {
    return name_of(kNames, status);
}

std::optional<Status> status_from_text(std::string_view text) {
    const auto found = std::ranges::find(kNames, text, &std::pair<Status, std::string_view>::second);
    return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace tidemark::protocol
