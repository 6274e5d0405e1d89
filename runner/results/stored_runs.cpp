#include "results/stored_runs.hpp"

#include <limits>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/database_schema.hpp"
#include "protocol/figures.hpp"
#include "protocol/peak_memory.hpp"
#include "protocol/request.hpp"
#include "run/run_directory.hpp"
#include "store/baselines.hpp"
#include "store/column_registry.hpp"
#include "store/current_sets.hpp"
#include "store/disturbed_attempts.hpp"
#include "store/origins.hpp"
#include "store/stored_request.hpp"

namespace tidemark::results {
namespace {

using protocol::Status;
using store::ColumnKind;
using store::ColumnRegistry;

/// What an attempt was told, as texts for people.
class Told {
  public:
    void add(std::string name, std::string text) { told_.emplace_back(std::move(name), std::move(text)); }
    void add_limit(const protocol::LimitName& name, const std::optional<Bytes>& limit) {
        if (limit) add(std::string(name.title), to_text(*limit));
    }
    void add_limit(const protocol::LimitName& name, const std::optional<Seconds>& limit) {
        if (limit) add(std::string(name.title), to_text(*limit));
    }
    template <typename Count>
    void add_limit(const protocol::LimitName& name, const std::optional<Count>& limit) {
        if (limit) add(std::string(name.title), fmt::format("{}", *limit));
    }
    void add_limit(const protocol::LimitName& name, protocol::Enforcement enforcement) {
        if (enforcement == protocol::Enforcement::BestEffort) add(std::string(name.title), "best effort");
    }
    std::vector<std::pair<std::string, std::string>> take() { return std::move(told_); }

  private:
    std::vector<std::pair<std::string, std::string>> told_;
};

std::string condition_of(sql::Connection& connection, const RunSet& set) {
    switch (set.kind) {
        case RunSet::Kind::Attempt:
            return "run_id = ?1";
        case RunSet::Kind::Run:
            return "sweep = ?2 AND cell = ?1 AND latest = 1";
        case RunSet::Kind::Sweep:
            return "sweep = ?2 AND latest = 1";
        case RunSet::Kind::Baseline:
            break;
    }
    return fmt::format("run_id IN ({})", store::attempts_of_baseline(connection, set.name, set.sweep));
}

/// SQLite keeps them as nulls.
void add_nans(sql::Connection& connection, analysis::MeasuredRepeat& repeat) {
    const auto names =
        connection.reuse("SELECT \"column\" FROM main.missing WHERE run_id = ? AND reason = ?");
    names->bind_all(std::string_view(repeat.run_id), protocol::kNotANumber);
    while (names->step()) repeat.figures[names->text(0)] = std::numeric_limits<double>::quiet_NaN();
}

/// Where the peak lies, by columns 9 to 11. A record that has a figure alone knows of no upper bound.
std::optional<analysis::KnownBounds> peak_of(const sql::Statement& row) {
    constexpr int kGuess = 9, kLow = 10, kHigh = 11;
    if (row.is_null(kGuess)) return std::nullopt;
    const auto high = row.is_null(kHigh) ? std::nullopt : std::optional(row.real(kHigh));
    return analysis::KnownBounds{row.real(row.is_null(kLow) ? kGuess : kLow), high};
}

}  // namespace

std::vector<RunGroup> load_groups(sql::Connection& connection, const RunSet& set) {
    std::vector<std::string> names;
    std::string columns;
    const auto add = [&](const std::string& name, const std::string& expression) {
        names.push_back(name);
        columns += ", " + expression;
    };
    for (const std::string_view name : protocol::kComparedFigures) {
        add(std::string(name), name == protocol::kCpuTime.name ? std::string(protocol::kCpuTime.expression)
                                                               : sql::quoted_name(name));
    }
    for (const std::string& name : ColumnRegistry(connection).names(ColumnKind::Metric))
        add(name, store::physical_name(name, ColumnKind::Metric));
    constexpr int kBefore = 12;
    sql::Statement rows =
        connection.prepare(fmt::format("SELECT run_id, sweep, run, cell, key, repeat, status, invocation_id, "
                                       "workload, {}, {}, {}{} FROM runs WHERE {} ORDER BY rowid",
                                       protocol::kPeakMemory.name, protocol::kPeakMemory.low,
                                       protocol::kPeakMemory.high, columns, condition_of(connection, set)));
    if (rows.parameter_count() > 0) rows.bind(0, std::string_view(set.name));
    if (rows.parameter_count() > 1) rows.bind(1, std::string_view(set.sweep));
    store::Origins origins(connection);
    std::vector<RunGroup> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> known;
    while (rows.step()) {
        const auto [entry, is_new] = known.try_emplace({rows.text(1), rows.text(3)}, groups.size());
        if (is_new)
            groups.push_back(
                {rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(7), rows.text(8), {}, {}});
        analysis::MeasuredRepeat& repeat = groups[entry->second].repeats.emplace_back();
        repeat.run_id = rows.text(0);
        repeat.number = static_cast<int>(rows.integer(5));
        repeat.status = protocol::status_from_text(rows.text(6)).value_or(Status::Failed);
        repeat.origin = origins.of(repeat.run_id);
        if (repeat.status == Status::Ok)
            groups[entry->second].disturbed |= store::disturbed_figures(connection, repeat.run_id);
        repeat.peak = peak_of(rows);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const int column = kBefore + static_cast<int>(i);
            if (!rows.is_null(column)) repeat.figures[names[i]] = rows.real(column);
        }
        add_nans(connection, repeat);
    }
    return groups;
}

std::vector<std::string> sweep_names(sql::Connection& connection,
                                     const std::optional<std::string>& baseline) {
    sql::Statement rows = connection.prepare(
        baseline ? "SELECT DISTINCT sweep FROM baseline_runs WHERE baseline = ? ORDER BY sweep"
                 // jumps from name to name in the index, however many runs each has
                 : "WITH RECURSIVE s(n) AS (SELECT min(sweep) FROM runs WHERE latest = 1 UNION ALL "
                   "SELECT (SELECT min(sweep) FROM runs WHERE latest = 1 AND sweep > n) FROM s WHERE n IS "
                   "NOT NULL) SELECT n FROM s WHERE n IS NOT NULL");
    if (baseline) rows.bind(0, std::string_view(*baseline));
    std::vector<std::string> out;
    while (rows.step()) out.push_back(rows.text(0));
    return out;
}

std::vector<NamedRun> find_named_runs(sql::Connection& connection, const std::string& run,
                                      const std::optional<std::string>& sweep) {
    sql::Statement rows = connection.prepare(
        "SELECT sweep, cell, max(started_at) FROM runs WHERE run = ?1 AND latest = 1 AND (?2 IS NULL OR "
        "sweep = ?2) GROUP BY sweep, cell ORDER BY 3 DESC, max(rowid) DESC");
    rows.bind(0, std::string_view(run));
    if (sweep) rows.bind(1, std::string_view(*sweep));
    std::vector<NamedRun> out;
    while (rows.step()) out.push_back({rows.text(0), rows.text(1)});
    return out;
}

namespace {

/// Where a run was told to write is no difference between it and others.
std::string without_run_dir(std::string text, const std::string& run_dir) {
    constexpr std::string_view kPlaceholder = "{run_dir}";
    for (std::size_t at = 0; (at = text.find(run_dir, at)) != std::string::npos; at += kPlaceholder.size())
        text.replace(at, run_dir.size(), kPlaceholder);
    return text;
}

struct ToldRequest {
    protocol::Request request;
    std::string run_dir;
};

std::optional<ToldRequest> request_of(sql::Connection& connection, const std::string& run_id) {
    sql::Statement row = connection.prepare("SELECT request, directory FROM runs WHERE run_id = ?");
    row.bind_all(std::string_view(run_id));
    if (!row.step()) return std::nullopt;
    return ToldRequest{store::stored_request(run_id, row.text(0)),
                       run::RunDirectory(row.text(1)).run_dir().string()};
}

void add_service(const ToldRequest& attempt, Told& told) {
    if (!attempt.request.service) return;
    const protocol::Service& service = *attempt.request.service;
    const auto add_words = [&](const char* name, const std::vector<std::string>& words) {
        if (words.empty()) return;
        told.add(name, without_run_dir(fmt::format("{}", fmt::join(words, " ")), attempt.run_dir));
    };
    add_words("service", service.command);
    if (service.port) told.add("service port", std::to_string(*service.port));
    if (!service.line.empty()) told.add("service line", service.line);
    add_words("service check", service.check);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> told_to(sql::Connection& connection,
                                                         const std::string& run_id) {
    const auto attempt = request_of(connection, run_id);
    if (!attempt) return {};
    const auto& [request, run_dir] = *attempt;
    Told told;
    for (const auto& [name, value] : request.parameters) {
        const auto text = request.told.find(name);
        told.add(name, text == request.told.end() ? to_text(value) : text->second);
    }
    told.add("command", without_run_dir(fmt::format("{}", fmt::join(request.command, " ")), run_dir));
    for (const auto& [name, value] : request.environment)
        told.add("environment " + name, without_run_dir(value, run_dir));
    protocol::for_each_limit(request.limits, [&](const protocol::LimitName& name, const auto& limit) {
        told.add_limit(name, limit);
    });
    if (request.heap_layout == protocol::HeapLayout::Varied) told.add("heap layout", "varied");
    add_service(*attempt, told);
    return told.take();
}

std::vector<std::pair<std::string, std::string>> service_of(sql::Connection& connection,
                                                            const std::string& run_id) {
    Told told;
    if (const auto attempt = request_of(connection, run_id)) add_service(*attempt, told);
    return told.take();
}

std::string measured_as(sql::Connection& connection, const std::string& run_id) {
    if (!store::knows_observed(connection)) return {};
    sql::Statement row = connection.prepare(
        "SELECT iif(json_valid(request), json_extract(request, '$.measured_key'), NULL) || "
        "coalesce(observed, '') "
        "FROM runs WHERE run_id = ?");
    row.bind_all(std::string_view(run_id));
    return row.step() && !row.is_null(0) ? row.text(0) : std::string();
}

}  // namespace tidemark::results
