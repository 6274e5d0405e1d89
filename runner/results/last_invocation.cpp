#include "results/last_invocation.hpp"

#include <fmt/format.h>

#include "store/sweep_ledger.hpp"

namespace tidemark::results {

namespace {

/// The newest one for which the condition over `i` holds; `?1` in it is the sweep.
std::optional<LastInvocation> newest(sql::Connection& connection, std::string_view condition,
                                     std::string_view sweep) {
    sql::Statement row = connection.prepare(fmt::format(
        "SELECT i.invocation_id, i.sweep, i.file, i.command_line, i.working_directory FROM main.invocations "
        "AS i WHERE {} AND NOT EXISTS (SELECT 1 FROM main.provenance AS p WHERE p.invocation_id = "
        "i.invocation_id AND p.name = '{}') ORDER BY i.started_at DESC, i.invocation_id DESC LIMIT 1",
        condition, store::kPartOfFact));
    if (row.parameter_count() > 0) row.bind(0, sweep);
    if (!row.step()) return std::nullopt;
    const std::string id = row.text(0);
    LastInvocation last{row.text(1), row.text(2), row.text(3), row.text(4), {}, {}, {}};
    sql::Statement facts =
        connection.prepare("SELECT name, value FROM main.provenance WHERE invocation_id = ?");
    facts.bind_all(std::string_view(id));
    while (facts.step()) {
        const std::string name = facts.text(0);
        if (name.starts_with(store::kSetFact))
            last.set.push_back(name.substr(store::kSetFact.size()) + "=" + facts.text(1));
        if (name.starts_with(store::kLimitFact))
            last.limit.push_back(name.substr(store::kLimitFact.size()) + "=" + facts.text(1));
        if (name == store::kRepeatFact) last.repeat = static_cast<int>(facts.integer(1));
    }
    return last;
}

}  // namespace

std::optional<LastInvocation> last_invocation(sql::Connection& connection) {
    return newest(connection, "true", {});
}

std::optional<LastInvocation> made_otherwise(sql::Connection& connection, std::string_view sweep) {
    return newest(connection,
                  "i.sweep = ?1 AND EXISTS (SELECT 1 FROM main.runs AS r WHERE r.invocation_id = "
                  "i.invocation_id AND r.latest = 1)",
                  sweep);
}

}  // namespace tidemark::results
