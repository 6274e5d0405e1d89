#include "store/baselines.hpp"

#include <fmt/format.h>

#include "base/clock.hpp"
#include "protocol/peak_memory.hpp"

namespace tidemark::store {

std::vector<BaselineSummary> baselines(sql::Connection& connection) {
    sql::Statement rows = connection.prepare(
        "SELECT baseline, sweep, max(saved_at), count(*) FROM baseline_runs GROUP BY baseline, sweep "
        "ORDER BY baseline, sweep");
    std::vector<BaselineSummary> out;
    while (rows.step()) out.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3)});
    return out;
}

SavedBaseline save_baseline(Database& database, const std::string& name,
                            const std::optional<std::string>& sweep) {
    sql::Connection& connection = database.connection();
    const std::string_view only = sweep ? std::string_view(*sweep) : std::string_view();
    const std::string now = utc_now();
    try {
        sql::Transaction transaction(connection);
        SavedBaseline saved;
        connection
            .prepare(
                "DELETE FROM baseline_runs WHERE baseline = ?1 AND "
                "sweep IN (SELECT sweep FROM runs WHERE latest = 1 AND (?2 = '' OR sweep = ?2))")
            .bind_all(std::string_view(name), only)
            .run();
        saved.replaced = connection.changes() > 0;
        connection
            .prepare(
                "INSERT INTO baseline_runs SELECT ?1, sweep, run_id, ?3 FROM runs "
                "WHERE latest = 1 AND status = 'ok' AND (?2 = '' OR sweep = ?2)")
            .bind_all(std::string_view(name), only, std::string_view(now))
            .run();
        saved.runs = connection.changes();
        sql::Statement others = connection.prepare(
            "SELECT count(*) FROM runs WHERE latest = 1 AND status <> 'ok' AND (?1 = '' OR sweep = ?1)");
        others.bind_all(only);
        if (others.step()) saved.left_out = others.integer(0);
        others.reset();
        // a baseline of nothing would only hide the one that there was
        if (saved.runs > 0) transaction.commit();
        return saved;
    } catch (const sql::SqlError& error) {
        cannot_go_on(database.file(), error);
    }
}

bool drop_baseline(Database& database, const std::string& name) {
    try {
        sql::Connection& connection = database.connection();
        connection.prepare("DELETE FROM baseline_runs WHERE baseline = ?")
            .bind_all(std::string_view(name))
            .run();
        return connection.changes() > 0;
    } catch (const sql::SqlError& error) {
        cannot_go_on(database.file(), error);
    }
}

bool has_baseline(sql::Connection& connection, const std::string& name) {
    sql::Statement row = connection.prepare("SELECT 1 FROM baseline_runs WHERE baseline = ? LIMIT 1");
    row.bind_all(std::string_view(name));
    return row.step();
}

std::vector<BaselineValue> baseline_values(sql::Connection& connection, const std::string& name,
                                           const std::string& sweep, const std::string& expression,
                                           const std::string& column) {
    sql::Statement rows = connection.prepare(fmt::format(
        "SELECT run_id, run, repeat, {}, {}, {}, (SELECT m.reason FROM main.missing AS m WHERE m.run_id = "
        "attempts.run_id AND m.\"column\" = ?) FROM attempts WHERE run_id IN (SELECT run_id FROM "
        "baseline_runs WHERE baseline = ? AND sweep = ?)",
        expression, protocol::kPeakMemory.low, protocol::kPeakMemory.high));
    rows.bind_all(std::string_view(column), std::string_view(name), std::string_view(sweep));
    std::vector<BaselineValue> out;
    const auto number_at = [&](int index) {
        return rows.is_null(index) ? std::nullopt : std::optional(rows.real(index));
    };
    while (rows.step()) {
        out.push_back({rows.text(0), rows.text(1), static_cast<int>(rows.integer(2)), number_at(3),
                       rows.text(6), number_at(4), number_at(5)});
    }
    return out;
}

}  // namespace tidemark::store
