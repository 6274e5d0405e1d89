#include "cli/limit_probes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "results/current_results.hpp"
#include "store/sweep_ledger.hpp"

namespace tidemark::cli {
namespace {

using tables::LimitProbe;

/// Whether a `--limit name=value` is about this limit.
bool is_about(const std::string& given, std::string_view name) {
    return given.starts_with(name) && given.size() > name.size() && given[name.size()] == '=';
}

/// Whether the program ended as it did for what it is, so that it would again.
bool is_settled(protocol::Status status) {
    using protocol::Status;
    return status != Status::Cancelled && status != Status::NotRun;
}

}  // namespace

SweepChoice LimitProbes::choice_under(std::optional<Bytes> limit, int times) const {
    SweepChoice choice = choice_;
    choice.load.repeat = times;
    std::vector<std::string>& limits = choice.load.limit;
    std::erase_if(limits, [](const std::string& given) { return is_about(given, "memory"); });
    limits.push_back(limit ? fmt::format("memory={} B", limit->value) : "memory=none");
    const bool has_wall =
        std::ranges::any_of(limits, [](const std::string& given) { return is_about(given, "wall"); });
    if (longest_ && !has_wall) limits.push_back(fmt::format("wall={} s", longest_->value));
    return choice;
}

std::optional<LimitProbe> LimitProbes::stored(const sweep::Sweep& sweep, std::optional<Bytes> limit,
                                              int repeat, store::CurrentSets& sets) const {
    sql::Statement row = database_.connection().prepare(
        "SELECT run_id, status, reason, wall_s, peak_cgroup_bytes, peak_cache_bytes, major_faults, "
        "swapped_out_bytes, observed FROM main.runs WHERE sweep = ? AND coalesce(declared_key, key) = ? AND "
        "repeat = ? AND latest = 1");
    const std::string key = to_text(sweep.key(sweep.runs().front()));
    row.bind_all(std::string_view(sweep.name()), std::string_view(key), repeat);
    if (!row.step()) return std::nullopt;
    const auto status = protocol::status_from_text(row.text(1));
    if (!status || !is_settled(*status)) return std::nullopt;
    if (!row.is_null(8) && !sets.change(row.text(8)).empty()) return std::nullopt;
    LimitProbe probe;
    probe.run_id = row.text(0);
    probe.limit = limit;
    probe.status = *status;
    probe.reason = row.text(2);
    if (!row.is_null(3)) probe.wall = Seconds{row.real(3)};
    if (!row.is_null(4)) probe.charged = Bytes{row.integer(4)};
    if (!row.is_null(5)) probe.cache = Bytes{row.integer(5)};
    if (!row.is_null(6)) probe.major_faults = row.integer(6);
    if (!row.is_null(7)) probe.swapped_out_bytes = row.integer(7);
    return probe;
}

std::optional<std::vector<LimitProbe>> LimitProbes::make(std::optional<Bytes> limit, int times) {
    const SweepChoice choice = choice_under(limit, times);
    const sweep::Sweep sweep = choice.read(catalogue_);
    RunMaker maker(context_, choice, sweep, options_);
    maker.require_abilities();
    sql::Connection& connection = database_.connection();
    store::CurrentSets sets(connection, sweep.name(), results::observing_of(sweep));
    Plan plan = make_plan(sweep, store::DoneRuns(connection, sweep.name(), &sets), options_.fresh);
    if (!options_.fresh) {
        const std::size_t known = std::erase_if(plan.runs, [&](const run::PlannedRun& planned) {
            return stored(sweep, limit, planned.repeat, sets).has_value();
        });
        plan.done_before += known;
    }
    if (!plan.runs.empty()) {
        sweep.require_paths({sweep.runs().front()});
        AdaptiveRepeats adaptive(sweep, connection);
        if (maker.make(database_, plan, sets, adaptive).interrupted) return std::nullopt;
        made_ += static_cast<int>(plan.runs.size());
    }
    // what was read by these runs is a set that is not known yet
    store::CurrentSets now(connection, sweep.name(), results::observing_of(sweep));
    std::vector<LimitProbe> probes;
    for (int repeat = 1; repeat <= times; ++repeat) {
        auto probe = stored(sweep, limit, repeat, now);
        if (!probe)
            throw CannotGoOn("what the runs read changes while they are made, so none of them is current");
        probes.push_back(std::move(*probe));
    }
    return probes;
}

}  // namespace tidemark::cli
