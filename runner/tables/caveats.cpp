#include "tables/caveats.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "protocol/peak_memory.hpp"

namespace tidemark::tables {
namespace {

template <typename Use>
void for_each_caveat(const protocol::WorkloadDescription* workload, const protocol::Parameters& parameters,
                     Use use) {
    if (workload == nullptr) return;
    for (const auto& [name, value] : parameters) {
        const auto* parameter = workload->parameter(name);
        if (parameter == nullptr) continue;
        const auto caveat = parameter->caveats.find(to_text(value));
        if (caveat != parameter->caveats.end()) use(caveat->second);
    }
}

bool has_caveats(const protocol::WorkloadDescription& workload) {
    return std::ranges::any_of(workload.parameters,
                               [](const auto& parameter) { return !parameter.caveats.empty(); });
}

}  // namespace

std::vector<std::string> caveats(const sweep::Sweep& sweep) {
    std::vector<std::string> found;
    const auto workloads = sweep.workloads();
    if (std::ranges::none_of(workloads, [](const auto* workload) { return has_caveats(*workload); }))
        return found;
    for (const sweep::RunSpec& run : sweep.runs()) {
        for_each_caveat(sweep.workload(run), sweep.parameters(run), [&](const protocol::Caveat& caveat) {
            if (std::ranges::find(found, caveat.text) == found.end()) found.push_back(caveat.text);
        });
    }
    return found;
}

std::vector<std::string> caveat_sentences(const sweep::Sweep& sweep) {
    std::vector<std::string> sentences = caveats(sweep);
    for (std::string& text : sentences) {
        if (text.empty()) continue;
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
        text += '.';
    }
    return sentences;
}

std::vector<std::string> brief_caveats(const protocol::WorkloadDescription* workload,
                                       const protocol::Parameters& parameters) {
    std::vector<std::string> found;
    for_each_caveat(workload, parameters,
                    [&](const protocol::Caveat& caveat) { found.push_back(caveat.brief); });
    return found;
}

std::string note_on_doubts(std::span<const report::Table> tables, const Texts& texts) {
    bool bounded = false;
    bool open = false;
    for (const report::Table& table : tables) {
        for (const auto& row : table.rows) {
            for (const report::Cell& cell : row) {
                if (!cell.doubt) continue;
                (std::isinf(cell.doubt->high) ? open : bounded) = true;
            }
        }
    }
    return texts.uncertain_peaks(bounded, open);
}

std::string note_on_limits(results::CurrentResults& results, const Texts& texts) {
    constexpr const char* kEnforced = "memory_limit_reached";  // null where nothing enforced a limit
    if (!results.has_column(kEnforced)) return {};
    sql::Statement above = results.prepare(fmt::format(
        "SELECT 1 FROM results JOIN main.runs AS stored USING(run_id) WHERE results.status = 'ok' AND "
        "results.{} IS NOT NULL AND json_valid(stored.request) AND results.{} > "
        "json_extract(stored.request, '$.limits.memory_bytes') LIMIT 1",
        kEnforced, protocol::kPeakMemory.name));
    return above.step() ? texts.peaks_above_limits() : std::string();
}

}  // namespace tidemark::tables
