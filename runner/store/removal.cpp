#include "store/removal.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <system_error>

#include <fmt/format.h>

#include "store/claims.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;

/// What belongs to an attempt, beside its row in `runs`.
constexpr std::array kBelongings{"metrics", "facts", "phases", "samples", "missing", "warnings", "epochs"};

void keep_ids(sql::Connection& connection, const std::vector<std::string>& run_ids) {
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS chosen(run_id TEXT PRIMARY KEY); DELETE FROM temp.chosen");
    sql::Statement insert = connection.prepare("INSERT OR IGNORE INTO temp.chosen VALUES(?)");
    for (const std::string& id : run_ids) {
        insert.bind_all(std::string_view(id));
        insert.run();
        insert.reset();
    }
}

/// The repeats whose attempt that counts is to go.
void note_bereft(sql::Connection& connection) {
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS bereft(sweep TEXT, cell TEXT, repeat INTEGER);"
        "DELETE FROM temp.bereft;"
        "INSERT INTO temp.bereft SELECT DISTINCT sweep, cell, repeat FROM main.runs WHERE latest = 1 AND "
        "run_id "
        "IN (SELECT run_id FROM temp.chosen)");
}

/// Where the attempt that counted is gone, the newest of the others does.
void let_newest_count(sql::Connection& connection) {
    connection.execute(
        "UPDATE main.runs SET latest = 1 WHERE rowid IN (SELECT (SELECT r.rowid FROM main.runs AS r WHERE "
        "r.sweep = b.sweep AND r.cell = b.cell AND r.repeat = b.repeat ORDER BY r.started_at DESC, r.rowid "
        "DESC "
        "LIMIT 1) FROM temp.bereft AS b)");
}

}  // namespace

std::vector<std::string> baselines_with(sql::Connection& connection,
                                        const std::vector<std::string>& run_ids) {
    keep_ids(connection, run_ids);
    sql::Statement rows = connection.prepare(
        "SELECT DISTINCT baseline FROM main.baseline_runs WHERE run_id IN (SELECT run_id FROM temp.chosen) "
        "ORDER "
        "BY baseline");
    std::vector<std::string> names;
    while (rows.step()) names.push_back(rows.text(0));
    return names;
}

std::vector<fs::path> remove_runs(Database& database, const std::vector<std::string>& run_ids) {
    sql::Connection& connection = database.connection();
    std::vector<fs::path> directories;
    keep_ids(connection, run_ids);
    sql::Transaction transaction(connection);
    {
        sql::Statement rows = connection.prepare(
            "SELECT directory FROM main.runs WHERE run_id IN (SELECT run_id FROM temp.chosen)");
        while (rows.step()) directories.emplace_back(rows.text(0));
    }
    note_bereft(connection);
    for (const char* table : kBelongings) {
        connection.execute(
            fmt::format("DELETE FROM main.{} WHERE run_id IN (SELECT run_id FROM temp.chosen)", table));
    }
    connection.execute("DELETE FROM main.runs WHERE run_id IN (SELECT run_id FROM temp.chosen)");
    let_newest_count(connection);
    transaction.commit();
    return directories;
}

std::vector<fs::path> unrecorded_folders(Database& database) {
    std::set<std::string> known;
    sql::Statement rows = database.connection().prepare("SELECT directory FROM main.runs");
    while (rows.step()) known.insert(fs::path(rows.text(0)).filename().string());
    for (const LiveClaim& claim : claims(database.connection()))
        known.insert(fs::path(claim.directory).filename().string());
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(database.runs_folder(), error)) {
        const bool is_folder = entry.is_directory(error) && !entry.is_symlink(error);
        if (is_folder && !known.contains(entry.path().filename().string())) found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

std::int64_t bytes_in(const fs::path& folder) {
    std::int64_t sum = 0;
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    for (auto entry = fs::recursive_directory_iterator(folder, options, error);
         entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (error) break;
        if (entry->is_regular_file(error) && !entry->is_symlink(error)) {
            const auto size = entry->file_size(error);
            if (!error) sum += static_cast<std::int64_t>(size);
        }
    }
    return sum;
}

}  // namespace tidemark::store
