#include "cli/chosen_runs.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "cli/sql_problem.hpp"
#include "sql/read_only_guard.hpp"
#include "store/queries.hpp"
#include "terminal/short_names.hpp"
#include "terminal/signals.hpp"

namespace tidemark::cli {
namespace {

constexpr Seconds kTimeLimit{60};
constexpr int kMostCandidates = 100'000;
constexpr int kMostNames = 10'000;  // of which the nearest is looked for

}  // namespace

std::string no_such_run(sql::Connection& connection, const std::string& text) {
    std::vector<std::string> names;
    sql::Statement rows = connection.prepare("SELECT DISTINCT run FROM runs WHERE latest = 1 LIMIT ?");
    rows.bind_all(kMostNames);
    while (rows.step()) names.push_back(rows.text(0));
    return fmt::format("there is no run '{}'; `tidemark list --sweep NAME` shows the runs of a sweep{}", text,
                       did_you_mean(text, std::vector<std::string_view>(names.begin(), names.end())));
}

std::vector<std::string> chosen_by_condition(sql::Connection& connection, const std::string& where,
                                             Attempts which) {
    const std::string before =
        fmt::format("SELECT run_id FROM {} WHERE (", which == Attempts::All ? "attempts" : "results");
    std::vector<std::string> ids;
    try {
        const sql::ReadOnlyGuard guard(connection, kTimeLimit, terminal::SignalInterruption::any);
        sql::Statement rows = connection.prepare(before + where + "\n)");
        while (rows.step()) ids.push_back(rows.text(0));
    } catch (const sql::SqlError& error) {
        throw UsageError("--where: " + sql_problem_in_part(connection, where, before.size(), error));
    }
    return ids;
}

std::vector<std::string> chosen_by_name(sql::Connection& connection, const std::string& run, Attempts which) {
    std::vector<std::string> found = store::find_run_ids(connection, run, kMostCandidates);
    if (found.empty()) throw UsageError(no_such_run(connection, run));
    const store::StoredRun first = store::load_run(connection, found.front());
    const std::string& name = first.record.request.run;
    if (name != run && !terminal::is_short_name_of(run, name)) {
        if (found.size() == 1) return found;
        throw UsageError(
            fmt::format("'{}' is the beginning or the end of several ids; write more of it", run));
    }
    for (const std::string& id : found) {
        const protocol::Request other = store::load_run(connection, id).record.request;
        if (other.run != name)
            throw UsageError(
                fmt::format("'{}' may be '{}' or '{}'; write the whole name", run, name, other.run));
        if (other.sweep == first.record.request.sweep) continue;
        throw UsageError(
            fmt::format("several sweeps have a run '{}'; say which: --where \"sweep = '{}' AND run = "
                        "'{}'\"",
                        run, first.record.request.sweep, name));
    }
    std::vector<std::string> ids;
    for (const store::Attempt& attempt : first.attempts) {
        if (attempt.latest || which == Attempts::All) ids.push_back(attempt.run_id);
    }
    return ids;
}

}  // namespace tidemark::cli
