#include "store/baselines.hpp"

#include <fmt/format.h>

#include "base/clock.hpp"
#include "protocol/peak_memory.hpp"

namespace tidemark::store {

std::vector<BaselineSummary> baselines(sql::Connection& connection) {
    sql::Statement rows = connection.prepare(
        "SELECT baseline, sweep, max(saved_at), count(DISTINCT saved_at) FROM baseline_runs GROUP BY "
        "baseline, sweep ORDER BY baseline, sweep");
    std::vector<BaselineSummary> out;
    while (rows.step()) {
        BaselineSummary& own = out.emplace_back();
        own = {rows.text(0), rows.text(1), rows.text(2), 0, rows.integer(3)};
        own.runs = std::get<std::int64_t>(connection.value_of(
            fmt::format("SELECT count(*) FROM ({})", attempts_of_baseline(connection, own.name, own.sweep))));
    }
    return out;
}

namespace {

/// The sweeps that have present results, or the one.
std::vector<std::string> saved_sweeps(sql::Connection& connection, std::string_view only) {
    sql::Statement rows =
        connection.prepare("SELECT DISTINCT sweep FROM runs WHERE latest = 1 AND (?1 = '' OR sweep = ?1)");
    rows.bind_all(only);
    std::vector<std::string> names;
    while (rows.step()) names.push_back(rows.text(0));
    return names;
}

std::vector<std::string> saves_of(sql::Connection& connection, const std::string& name,
                                  const std::string& sweep) {
    sql::Statement rows = connection.prepare(
        "SELECT DISTINCT saved_at FROM baseline_runs WHERE baseline = ? AND sweep = ? ORDER BY saved_at "
        "DESC");
    rows.bind_all(std::string_view(name), std::string_view(sweep));
    std::vector<std::string> saves;
    while (rows.step()) saves.push_back(rows.text(0));
    return saves;
}

/// What is saved again, which belongs to the new save, and of the others all but the last `left` saves of the
/// sweep; whether there was anything.
bool forget_earlier_saves(sql::Connection& connection, const std::string& name, const std::string& sweep,
                          int left) {
    if (saves_of(connection, name, sweep).empty()) return false;
    connection
        .prepare(
            "DELETE FROM baseline_runs WHERE baseline = ? AND sweep = ? AND run_id IN (SELECT run_id FROM "
            "runs "
            "WHERE latest = 1 AND status = 'ok')")
        .bind_all(std::string_view(name), std::string_view(sweep))
        .run();
    const std::vector<std::string> saves = saves_of(connection, name, sweep);
    if (saves.size() > static_cast<std::size_t>(left)) {
        connection.prepare("DELETE FROM baseline_runs WHERE baseline = ? AND sweep = ? AND saved_at <= ?")
            .bind_all(std::string_view(name), std::string_view(sweep),
                      std::string_view(saves[static_cast<std::size_t>(left)]))
            .run();
    }
    return true;
}

}  // namespace

SavedBaseline save_baseline(Database& database, const std::string& name,
                            const std::optional<std::string>& sweep, int keep) {
    sql::Connection& connection = database.connection();
    const std::string_view only = sweep ? std::string_view(*sweep) : std::string_view();
    const std::string now = utc_now();
    try {
        sql::Transaction transaction(connection);
        SavedBaseline saved;
        for (const std::string& own : saved_sweeps(connection, only))
            saved.replaced = forget_earlier_saves(connection, name, own, keep - 1) || saved.replaced;
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

std::string attempts_of_baseline(sql::Connection& connection, const std::string& name,
                                 const std::string& sweep, int last) {
    const std::string own =
        fmt::format("baseline = {} AND sweep = {}", sql::quoted_text(name), sql::quoted_text(sweep));
    const Value saves = connection.value_of(fmt::format(
        "SELECT count(*) FROM (SELECT DISTINCT saved_at FROM baseline_runs WHERE {} LIMIT 2)", own));
    // mostly there is one, and ranks of many rows take their time
    if (saves != Value(std::int64_t{2})) return fmt::format("SELECT run_id FROM baseline_runs WHERE {}", own);
    return fmt::format(
        "SELECT run_id FROM (SELECT b.run_id, dense_rank() OVER (PARTITION BY r.run ORDER BY b.saved_at "
        "DESC) "
        "AS place FROM baseline_runs AS b JOIN main.runs AS r ON r.run_id = b.run_id WHERE b.baseline = {} "
        "AND "
        "b.sweep = {}) WHERE place <= {}",
        sql::quoted_text(name), sql::quoted_text(sweep), last);
}

std::vector<BaselineValue> baseline_values(sql::Connection& connection, const std::string& name,
                                           const std::string& sweep, const std::string& expression,
                                           const std::string& column, int last) {
    sql::Statement rows = connection.prepare(fmt::format(
        "SELECT run_id, run, repeat, {}, {}, {}, (SELECT m.reason FROM main.missing AS m WHERE m.run_id = "
        "attempts.run_id AND m.\"column\" = ?1), (SELECT b.saved_at FROM baseline_runs AS b WHERE b.baseline "
        "= ?2 AND b.sweep = ?3 AND b.run_id = attempts.run_id) FROM attempts WHERE run_id IN ({})",
        expression, protocol::kPeakMemory.low, protocol::kPeakMemory.high,
        attempts_of_baseline(connection, name, sweep, last)));
    rows.bind_all(std::string_view(column), std::string_view(name), std::string_view(sweep));
    std::vector<BaselineValue> out;
    const auto number_at = [&](int index) {
        return rows.is_null(index) ? std::nullopt : std::optional(rows.real(index));
    };
    while (rows.step()) {
        out.push_back({rows.text(0), rows.text(1), static_cast<int>(rows.integer(2)), number_at(3),
                       rows.text(6), number_at(4), number_at(5), rows.text(7)});
    }
    return out;
}

}  // namespace tidemark::store
