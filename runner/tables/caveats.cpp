#include "tables/caveats.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

namespace {

/// A range from the smallest to the largest needs two values.
constexpr int kFewestOfAnInterval = 2;

template <typename Of>
bool any_cell(std::span<const report::Table> tables, Of of) {
    return std::ranges::any_of(tables, [&](const report::Table& table) {
        return std::ranges::any_of(table.rows, [&](const auto& row) { return std::ranges::any_of(row, of); });
    });
}

/// What the workloads say of their repeats; a command says nothing.
std::string exception_of_repeats(const sweep::Sweep& sweep, Language language) {
    for (const auto* workload : sweep.workloads()) {
        const std::string& note = workload->repeats_note.in(language);
        if (!note.empty()) return note;
    }
    return {};
}

}  // namespace

std::string note_on_disturbed(std::span<const report::Table> tables, const Texts& texts) {
    return any_cell(tables, &report::Cell::disturbed) ? texts.disturbed_figures() : std::string();
}

RepeatCounts counts_of_repeats(const sweep::Sweep& sweep, const results::CurrentResults& results) {
    const bool alike = std::ranges::all_of(sweep.runs(), [&](const sweep::RunSpec& run) {
        return sweep.repeats(run) == sweep::Repeats::fixed(sweep.repeat());
    });
    if (alike) return {sweep.repeat(), sweep.repeat()};
    std::optional<RepeatCounts> counts;
    for (const results::RunState& run : results.runs()) {
        const auto made = static_cast<int>(run.ok > 0 ? run.ok : run.failed);
        if (made == 0) continue;
        if (!counts) counts = RepeatCounts{made, made};
        counts->fewest = std::min(counts->fewest, made);
        counts->most = std::max(counts->most, made);
    }
    return counts.value_or(RepeatCounts{});
}

/// How sure it is: the range of n independent measurements holds the median of what they are drawn from
/// unless all of them lie on the same side of it: with probability 1 − 2·(1/2)^n (David and Nagaraja, Order
/// Statistics, 3rd edition, section 7.1).
std::string note_on_repeats(const sweep::Sweep& sweep, const results::CurrentResults& results,
                            std::span<const report::Table> tables, const Texts& texts) {
    const bool any = any_cell(tables, [](const report::Cell& cell) { return cell.interval.has_value(); });
    RepeatCounts repeats = counts_of_repeats(sweep, results);
    // with one, a table has intervals of its own, which its note explains
    if (!any || repeats.most < 2) return {};
    repeats.fewest = std::max(repeats.fewest, kFewestOfAnInterval);
    const std::string differing = fmt::format("{}", fmt::join(sweep.by_repeat(), ", "));
    return texts.interval_of_repeats(repeats, 1 - std::pow(0.5, repeats.fewest - 1),
                                     differing.empty() ? exception_of_repeats(sweep, texts.language()) : "",
                                     differing);
}

/// What programs count themselves, as the bytes of their tensors, nobody disturbs.
bool is_disturbed(const run::Disturbed& disturbed, std::string_view column, protocol::Noise noise) {
    switch (noise) {
        case protocol::Noise::Memory:
            return disturbed.memory && protocol::find_figure(column) != nullptr;
        case protocol::Noise::CpuTime:
        case protocol::Noise::WallTime:
            return disturbed.times;
        case protocol::Noise::None:
            break;
    }
    return false;
}

void add_disturbed_column(report::Table& table) {
    constexpr const char* kName = "disturbed";
    if (std::ranges::find(table.columns, kName, &report::Column::name) != table.columns.end()) return;
    for (auto& row : table.rows) {
        std::string names;
        for (std::size_t column = 0; column < row.size(); ++column) {
            if (row[column].disturbed) names += (names.empty() ? "" : ", ") + table.columns[column].name;
        }
        row.push_back(names.empty() ? report::Cell{} : report::Cell{std::move(names), {}});
    }
    table.columns.push_back({kName, kName, protocol::Unit::None, false});
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

namespace {

/// Of a database of one machine alone, as most are, no run needs to be looked at.
bool may_be_of_several_machines(sql::Connection& connection) {
    const auto row = connection.reuse(
        "SELECT EXISTS(SELECT 1 FROM main.provenance WHERE name = 'launcher') OR "
        "EXISTS(SELECT 1 FROM main.provenance WHERE name IN ('cpu', 'cores') GROUP BY name HAVING "
        "count(DISTINCT value) > 1)");
    return row->step() && row->integer(0) != 0;
}

}  // namespace

std::string note_on_machines(results::CurrentResults& results, const Texts& texts) {
    if (!may_be_of_several_machines(results.connection())) return {};
    // of a run that was made elsewhere, its own machine and not its runner's
    const auto machine = results.connection().reuse(
        "SELECT DISTINCT coalesce(own_cpu.value, cpu.value), coalesce(own_cores.value, cores.value) "
        "FROM temp.shown_repeats AS shown JOIN main.runs USING(run_id) "
        "LEFT JOIN main.facts AS own_cpu ON own_cpu.run_id = shown.run_id AND own_cpu.name = 'node cpu' "
        "LEFT JOIN main.facts AS own_cores ON own_cores.run_id = shown.run_id AND own_cores.name = 'node "
        "cores' "
        "LEFT JOIN main.provenance AS cpu ON cpu.invocation_id = runs.invocation_id AND cpu.name = 'cpu' "
        "LEFT JOIN main.provenance AS cores ON cores.invocation_id = runs.invocation_id AND cores.name = "
        "'cores'");
    std::set<std::string> machines;
    while (machine->step()) {
        if (!machine->is_null(0) && !machine->is_null(1))
            machines.insert(fmt::format("{}, {} cores", machine->text(0), to_text(machine->value(1))));
    }
    return machines.size() < 2 ? std::string() : texts.several_machines({machines.begin(), machines.end()});
}

}  // namespace tidemark::tables
