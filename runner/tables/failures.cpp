#include "tables/failures.hpp"

#include <fmt/format.h>

namespace tidemark::tables {

Failures failures_of(const results::CurrentResults& results, const Texts& texts) {
    constexpr std::size_t kMostTold = 20;
    Failures failures;
    for (const results::RunState& run : results.runs()) {
        if (run.status == protocol::Status::Ok || run.status == protocol::Status::NotRun) continue;
        if (failures.first.size() == kMostTold) {
            ++failures.more;
            continue;
        }
        std::string text = fmt::format("{}: {}", run.run, texts.word(to_text(run.status)));
        if (!run.reason.empty()) text += ", " + run.reason;
        if (run.repeats > 1) text += texts.share_of_repeats(run.failed, run.repeats);
        failures.first.push_back({std::move(text), run.last_words});
    }
    return failures;
}

}  // namespace tidemark::tables
