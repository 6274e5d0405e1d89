#include "tables/advice_text.hpp"

#include <fmt/format.h>

#include "protocol/peak_memory.hpp"
#include "results/last_invocation.hpp"
#include "sql/connection.hpp"
#include "tables/figure_text.hpp"
#include "terminal/display_text.hpp"
#include "terminal/shell_words.hpp"

namespace tidemark::tables {
namespace {

using protocol::Unit;

/// More of them would say the same in other words.
constexpr std::size_t kMostAdvised = 3;

/// With the values and limits that its sweep was made with last.
std::string command_for(const sweep::Sweep& sweep, results::CurrentResults& results, std::size_t run) {
    std::string text = "tidemark run " + terminal::shell_word(sweep.file().string());
    if (const auto last = results::made_otherwise(results.connection(), sweep.name())) {
        for (const std::string& set : last->set) text += " --set " + terminal::shell_word(set);
        for (const std::string& limit : last->limit) text += " --limit " + terminal::shell_word(limit);
    }
    const std::string condition = "run = " + sql::quoted_text(sweep.runs()[run].run);
    return fmt::format("{} --only {}", text, terminal::shell_word(condition));
}

}  // namespace

std::string change_text(const results::Advice& advice) {
    std::string text;
    for (const results::ChangedParameter& change : advice.changes)
        text += fmt::format("{}{} {} → {}", text.empty() ? "" : ", ", change.name,
                            terminal::visible(change.before), terminal::visible(change.after));
    return text;
}

std::string peak_text(const results::Advice& advice) {
    if (advice.peak_bounds) {
        if (const auto doubt = protocol::doubt_of_peak(advice.peak_bounds->low, advice.peak_bounds->high))
            return doubt_text(*doubt, Unit::Bytes);
    }
    std::string text = figure_text(advice.peak.value, Unit::Bytes);
    if (advice.peak.interval) text += fmt::format(" ({})", doubt_text(*advice.peak.interval, Unit::Bytes));
    return text;
}

std::vector<std::string> advice_sentences(const sweep::Sweep& sweep, results::CurrentResults& results,
                                          const Texts& texts) {
    std::vector<std::string> failed;
    for (const results::RunState& run : results.runs()) {
        if (run.status == protocol::Status::Oom && failed.size() < kMostAdvised) failed.push_back(run.run);
    }
    std::vector<std::string> sentences;
    for (const auto& [name, advice] : results::advice_for(results.connection(), sweep, failed)) {
        Texts::AdviceParts parts{terminal::visible(name), change_text(advice), peak_text(advice),
                                 figure_text(advice.more_than, Unit::Bytes)};
        const std::string other = terminal::visible(sweep.runs()[advice.run].run);
        sentences.push_back(advice.peak.measured
                                ? texts.measured_advice(parts, other)
                                : texts.predicted_advice(parts, advice.measured_runs,
                                                         command_for(sweep, results, advice.run)));
    }
    return sentences;
}

}  // namespace tidemark::tables
