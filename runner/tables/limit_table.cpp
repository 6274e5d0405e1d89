#include "tables/limit_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/median.hpp"

namespace tidemark::tables {
namespace {

using protocol::Unit;
using report::Cell;
using report::Column;

constexpr const char* kNoLimit = "none";

Cell text(std::string value) {
    return {Value(std::move(value)), {}};
}

template <typename Quantity>
Cell cell(const std::optional<Quantity>& quantity) {
    return quantity ? Cell{Value(quantity->value), {}} : Cell{Value(), "not measured"};
}

Cell cell(const std::optional<std::int64_t>& count) {
    return count ? Cell{Value(*count), {}} : Cell{Value(), "not measured"};
}

/// Of the runs without a limit.
std::optional<double> usual_wall(const FittedLimit& found) {
    std::vector<double> walls;
    for (const LimitProbe& probe : found.probes)
        if (!probe.limit && probe.wall) walls.push_back(probe.wall->value);
    return median(std::move(walls));
}

/// How many times as long as without a limit; nothing of what did not end well, which might have gone on.
std::optional<double> slow_down(const FittedLimit& found, const LimitProbe& probe) {
    const auto usual = usual_wall(found);
    if (!probe.ended_well() || !probe.wall || !usual || *usual <= 0) return std::nullopt;
    return probe.wall->value / *usual;
}

std::vector<LimitProbe> from_the_largest(const FittedLimit& found) {
    std::vector<LimitProbe> probes = found.probes;
    std::ranges::stable_sort(probes, [](const LimitProbe& one, const LimitProbe& other) {
        if (!one.limit || !other.limit) return !one.limit && other.limit.has_value();
        return *one.limit > *other.limit;
    });
    return probes;
}

std::string outcome_of(const LimitProbe& probe) {
    if (probe.ended_well()) return "ok";
    if (probe.status == protocol::Status::Oom) return "out of memory";  // at the limit of the row
    return fmt::format("{}, {}", to_text(probe.status), probe.reason);
}

Cell slow_down_cell(const FittedLimit& found, const LimitProbe& probe) {
    const auto times = slow_down(found, probe);
    return times ? Cell{Value(*times), {}} : Cell{Value(), "–"};
}

std::int64_t mebibytes(Bytes amount) {
    return (amount.value + kMebibyte - 1) / kMebibyte;
}

/// The smallest limit from which on no run that ended well took so many times as long.
std::optional<Bytes> not_slower_from(const FittedLimit& found, double times) {
    std::optional<Bytes> from;
    for (const LimitProbe& probe : from_the_largest(found)) {
        if (!probe.limit) continue;
        const auto slower = slow_down(found, probe);
        if (!slower || *slower > times) break;
        from = probe.limit;
    }
    return from;
}

/// What the runs at the recommended limit say of it.
std::string confirmation(const FittedLimit& found) {
    std::vector<double> times;
    std::size_t runs = 0, failed = 0;
    for (const LimitProbe& probe : found.probes) {
        if (probe.limit != found.recommended) continue;
        ++runs;
        if (!probe.ended_well()) ++failed;
        if (const auto slower = slow_down(found, probe)) times.push_back(*slower);
    }
    if (runs == 0) return "no run was made under it yet";
    if (failed > 0) return fmt::format("{} of {} runs under it did not end well", failed, runs);
    return fmt::format("{} {} made under it and ended well, in {:.2f} times the time without a limit", runs,
                       runs == 1 ? "run was" : "runs were", median(std::move(times)).value_or(1));
}

}  // namespace

report::Table limit_table(const FittedLimit& found) {
    report::Table table;
    table.columns = {Column{"limit", "memory limit", Unit::Bytes},
                     Column{"outcome", "outcome", Unit::None},
                     Column{"wall_s", "wall time", Unit::Seconds},
                     Column{"slow_down", "times as long", Unit::None, false, 2},
                     Column{"charged_bytes", "charged", Unit::Bytes},
                     Column{"major_faults", "major faults", Unit::Count}};
    for (const LimitProbe& probe : from_the_largest(found)) {
        table.rows.push_back({probe.limit ? cell(probe.limit) : Cell{Value(), kNoLimit},
                              text(outcome_of(probe)), cell(probe.wall), slow_down_cell(found, probe),
                              cell(probe.charged), cell(probe.major_faults)});
    }
    return table;
}

report::Table limit_table_for_machines(const FittedLimit& found) {
    report::Table table;
    for (const char* name : {"kind", "run_id", "limit_bytes", "status", "reason", "wall_s", "slow_down",
                             "charged_bytes", "major_faults", "swapped_out_bytes"})
        table.columns.push_back({name, name, Unit::None, true});
    for (const LimitProbe& probe : found.probes) {
        table.rows.push_back({text(probe.limit ? "trial" : "without"), text(probe.run_id), cell(probe.limit),
                              text(std::string(to_text(probe.status))), text(probe.reason), cell(probe.wall),
                              slow_down_cell(found, probe), cell(probe.charged), cell(probe.major_faults),
                              cell(probe.swapped_out_bytes)});
    }
    const auto add = [&](const char* kind, double limit) {
        std::vector<Cell> row(table.columns.size());
        row[0] = text(kind);
        row[2] = {Value(static_cast<std::int64_t>(limit)), {}};
        table.rows.push_back(std::move(row));
    };
    add("need_low", found.need.low);
    add("need_high", found.need.high);
    add("recommended", static_cast<double>(found.recommended.value));
    return table;
}

std::vector<std::string> limit_sentences(const FittedLimit& found) {
    constexpr double kAsFast = 1.1;
    const Bytes low{static_cast<std::int64_t>(found.need.low)};
    const Bytes high{static_cast<std::int64_t>(found.need.high)};
    std::vector<std::string> sentences;
    sentences.push_back(
        fmt::format("the smallest limit under which it ends well lies between {} and {} (95 % interval)",
                    to_text(low), to_text(high)));
    if (!found.is_known)
        sentences.push_back("that is not known to 1 % or 4 MiB: more runs (--runs) narrow it");
    const double middle = (found.need.low + found.need.high) / 2;
    const double room = static_cast<double>(found.recommended.value) / middle - 1;
    sentences.push_back(fmt::format(
        "recommended: {} MiB, {:.1f} % above that, so that all but one of a thousand runs end well; {}",
        mebibytes(found.recommended), room * 100, confirmation(found)));
    if (const auto from = not_slower_from(found, kAsFast); from && *from > found.recommended) {
        sentences.push_back(
            fmt::format("under a limit of {} and more it takes no longer than without one ({} times at most)",
                        to_text(*from), kAsFast));
    }
    return sentences;
}

report::Table limit_spellings(const FittedLimit& found) {
    const std::int64_t amount = mebibytes(found.recommended);
    report::Table table;
    table.columns = {Column{"where", "where", Unit::None}, Column{"written", "written", Unit::None}};
    const auto add = [&](const char* where, std::string written) {
        table.rows.push_back({text(where), text(std::move(written))});
    };
    add("sweep file", fmt::format("limits: {{memory: {} MiB}}", amount));
    add("Docker", fmt::format("docker run --memory {0}m --memory-swap {0}m", amount));
    add("Kubernetes",
        fmt::format("resources: {{requests: {{memory: {0}Mi}}, limits: {{memory: {0}Mi}}}}", amount));
    add("Slurm", fmt::format("#SBATCH --mem={}M", amount));
    return table;
}

}  // namespace tidemark::tables
