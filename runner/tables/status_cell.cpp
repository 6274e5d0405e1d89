#include "tables/status_cell.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tidemark::tables {
namespace {

using report::Tone;

/// Verdicts that authors of tables write, beside the statuses.
constexpr std::array<std::pair<std::string_view, Tone>, 4> kVerdicts{
    {{"passed", Tone::Good}, {"confirmed", Tone::Good}, {"failed", Tone::Bad}, {"refuted", Tone::Bad}}};

}  // namespace

Tone tone_of(protocol::Status status) {
    return status == protocol::Status::Ok ? Tone::Good : Tone::Bad;
}

report::Cell status_cell(protocol::Status status) {
    report::Cell cell{std::string(to_text(status)), {}};
    cell.tone = tone_of(status);
    return cell;
}

Tone tone_of_word(std::string_view english) {
    if (const auto status = protocol::status_from_text(english)) return tone_of(*status);
    const auto verdict = std::ranges::find(kVerdicts, english, &std::pair<std::string_view, Tone>::first);
    return verdict == kVerdicts.end() ? Tone::None : verdict->second;
}

}  // namespace tidemark::tables
