#include "results/known_runs.hpp"

#include <cmath>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "protocol/figures.hpp"
#include "protocol/peak_memory.hpp"
#include "protocol/status.hpp"
#include "store/column_registry.hpp"

namespace tidemark::results {
namespace {

std::optional<double> finite(const Value& value) {
    const auto number = number_of(value);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

/// The declared keys of a sweep's runs, each found when it is asked for.
class Keys {
  public:
    explicit Keys(const sweep::Sweep& sweep) : sweep_(sweep), known_(sweep.runs().size()) {}

    const std::string& of(std::size_t run) {
        std::string& key = known_[run];
        if (key.empty()) key = to_text(sweep_.key(sweep_.runs()[run]));
        return key;
    }

  private:
    const sweep::Sweep& sweep_;
    std::vector<std::string> known_;
};

std::string statement(sql::Connection& connection, const std::vector<std::string>& columns) {
    const store::ColumnRegistry registry(connection);
    const bool observed = store::knows_observed(connection);
    std::string sql = fmt::format(
        "SELECT r.run, {}, r.repeat, r.status, r.reason, {}, CASE WHEN json_valid(r.request) THEN "
        "json_extract(r.request, '$.limits.memory_bytes') END, p.value, r.{}, r.{}, r.started_at",
        observed ? "coalesce(r.declared_key, r.key)" : "r.key", observed ? "r.observed" : "NULL",
        protocol::kPeakMemory.low, protocol::kPeakMemory.high);
    for (const std::string& column : columns)
        sql += ", " + (column == protocol::kCpuTime.name ? std::string(protocol::kCpuTime.expression)
                                                         : registry.expression(column, "r"));
    return sql + fmt::format(
                     " FROM main.runs AS r LEFT JOIN main.provenance AS p ON p.invocation_id = "
                     "r.invocation_id AND p.name = '{}' WHERE r.sweep = ? AND r.latest = 1 ORDER BY "
                     "r.started_at",
                     kPlanFact);
}

}  // namespace

std::vector<KnownRepeat> known_repeats(sql::Connection& connection, store::CurrentSets& sets,
                                       const std::vector<Making>& makings,
                                       const std::vector<std::string>& columns) {
    const sweep::Sweep& first = *makings.front().sweep;
    std::unordered_map<std::string, std::size_t> by_name;
    for (std::size_t run = 0; run < first.runs().size(); ++run) by_name[first.runs()[run].run] = run;
    std::vector<Keys> keys;
    for (const Making& making : makings) keys.emplace_back(*making.sweep);
    std::vector<KnownRepeat> known;
    sql::Statement rows = connection.prepare(statement(connection, columns));
    rows.bind_all(std::string_view(first.name()));
    while (rows.step()) {
        const auto found = by_name.find(rows.text(0));
        if (found == by_name.end()) continue;
        KnownRepeat own;
        own.run = found->second;
        const std::string key = rows.text(1);
        while (own.making < makings.size() && keys[own.making].of(own.run) != key) ++own.making;
        if (own.making == makings.size()) continue;
        if (!rows.is_null(5) && !sets.change(rows.text(5)).empty()) continue;
        own.repeat = static_cast<int>(rows.integer(2));
        const auto status = protocol::status_from_text(rows.text(3));
        if (status == protocol::Status::Cancelled) continue;  // which says nothing of the run
        own.ok = status == protocol::Status::Ok;
        own.out_of_memory = status == protocol::Status::Oom;
        own.reason = rows.text(4);
        own.memory_limit = finite(rows.value(6));
        own.plan = rows.text(7);
        own.peak_low = finite(rows.value(8));
        own.peak_high = finite(rows.value(9));
        own.started_at = rows.text(10);
        for (std::size_t i = 0; i < columns.size(); ++i)
            own.figures.push_back(finite(rows.value(static_cast<int>(11 + i))));
        known.push_back(std::move(own));
    }
    return known;
}

std::vector<std::string> stored_memory_limits(sql::Connection& connection, const std::string& sweep,
                                              std::size_t most) {
    sql::Statement rows = connection.prepare(
        "SELECT CASE WHEN json_valid(request) THEN CAST(json_extract(request, '$.limits.memory_bytes') AS "
        "TEXT) "
        "END AS own, count(*) AS n FROM main.runs WHERE sweep = ? AND latest = 1 GROUP BY own ORDER BY n "
        "DESC LIMIT ?");
    rows.bind_all(std::string_view(sweep), static_cast<std::int64_t>(most));
    std::vector<std::string> limits;
    while (rows.step()) limits.push_back("memory=" + (rows.is_null(0) ? "none" : rows.text(0) + " B"));
    return limits;
}

}  // namespace tidemark::results
