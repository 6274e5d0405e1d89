#include "run/attempts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tidemark::run {
namespace {

std::string ending_of(const Record& record) {
    const std::string why = reason(record.outcome);
    return why.empty() ? std::string(status(record.outcome))
                       : fmt::format("{} ({})", status(record.outcome), why);
}

/// Times, process numbers and values differ where all else is the same.
std::string without_numbers(const std::string& text) {
    std::string out;
    for (const char character : text) {
        const bool is_digit = character >= '0' && character <= '9';
        if (!is_digit)
            out += character;
        else if (out.empty() || out.back() != '#')
            out += '#';
    }
    return out;
}

}  // namespace

void Attempts::note(const PlannedRun& run, Record& record) {
    if (retries_.times == 0) return;
    Made& made = made_[{run.spec, run.repeat}];
    if (made.attempts > 0)
        record.warnings.push_back(
            fmt::format("this is attempt {}; the one before ended {}", made.attempts + 1, made.ending));
    ++made.attempts;
    made.ending = ending_of(record);
}

bool Attempts::allow_another(const PlannedRun& run, const Record& record) const {
    const bool is_named = std::ranges::find(retries_.on, status_of(record.outcome)) != retries_.on.end();
    return made(run) <= retries_.times && (is_named || record.lost_by_queue);
}

int Attempts::made(const PlannedRun& run) const {
    const auto found = made_.find({run.spec, run.repeat});
    return found == made_.end() ? 1 : found->second.attempts;
}

void EqualFailures::note(const Record& record) {
    const protocol::Status ended = status_of(record.outcome);
    if (ended == protocol::Status::Cancelled) return;
    if (ended == protocol::Status::Ok) {
        count_ = 0;
        return;
    }
    text_ = record.last_words.empty() ? ending_of(record)
                                      : fmt::format("{}: {}", ending_of(record), record.last_words);
    const std::string kind = without_numbers(text_);
    count_ = kind == kind_ ? count_ + 1 : 1;
    kind_ = kind;
}

}  // namespace tidemark::run
