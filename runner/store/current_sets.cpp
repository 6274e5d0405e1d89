#include "store/current_sets.hpp"

#include <algorithm>

#include "store/schema.hpp"

namespace tidemark::store {

std::vector<std::filesystem::path> own_files(sql::Connection& connection) {
    const Value file = connection.value_of("SELECT file FROM pragma_database_list WHERE name = 'main'");
    const auto* const name = std::get_if<std::string>(&file);
    if (name == nullptr || name->empty()) return {};
    std::error_code error;
    const std::filesystem::path database = std::filesystem::weakly_canonical(*name, error);
    std::vector<std::filesystem::path> own{database, database.parent_path() / "runs"};
    for (const char* const beside : {"-wal", "-shm", "-journal"})
        own.emplace_back(database.string() + beside);
    return own;
}

run::ObservedStates observed_states(sql::Connection& connection, const run::Observing& observing) {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::weakly_canonical(observing.folder, error);
    return {folder, run::LeftOut(folder, own_files(connection), observing.except)};
}

bool knows_observed(sql::Connection& connection) {
    const std::vector<std::string> columns = columns_of_runs(connection);
    return std::ranges::find(columns, "observed") != columns.end();
}

CurrentSets::CurrentSets(sql::Connection& connection, std::string sweep, const run::Observing& observing)
    : connection_(connection), sweep_(std::move(sweep)) {
    if (!observing.on || observing.folder.empty() || !knows_observed(connection_)) return;
    states_.emplace(observed_states(connection_, observing));
    sql::Statement rows = connection_.prepare("SELECT path FROM main.observed_outputs WHERE sweep = ?");
    rows.bind_all(std::string_view(sweep_));
    while (rows.step()) outputs_.insert(rows.text(0));
}

const std::string& CurrentSets::change(const std::string& observed) {
    const auto [known, is_new] = sets_.try_emplace(observed);
    if (is_new && states_) known->second = find_change(observed);
    return known->second;
}

std::string CurrentSets::find_change(const std::string& observed) {
    std::vector<std::int64_t> files;
    {
        const auto members = connection_.reuse(
            "SELECT file FROM main.observed_members WHERE number = (SELECT number FROM main.observed_sets "
            "WHERE "
            "observed = ?)");
        members->bind_all(std::string_view(observed));
        while (members->step()) files.push_back(members->integer(0));
    }
    std::string change;
    for (const std::int64_t file : files) {
        if (change.empty()) change = change_of_file(file);
    }
    return change;
}

const std::string& CurrentSets::change_of_file(std::int64_t file) {
    const auto [known, is_new] = files_.try_emplace(file);
    if (!is_new) return known->second;
    const auto row = connection_.reuse(
        "SELECT path, kind, state, size, changed_ns FROM main.observed_files WHERE file = ?");
    row->bind_all(file);
    if (!row->step()) return known->second = "a file that it read is not known any more";
    const run::ObservedFile stored{row->text(0), run::kind_from_name(row->text(1)), row->text(2),
                                   row->integer(3), row->integer(4)};
    known->second = states_->change(stored, outputs_).value_or("");
    return known->second;
}

void CurrentSets::publish() {
    connection_.execute(
        "DROP TABLE IF EXISTS temp.outdated_sets; CREATE TEMP TABLE outdated_sets(observed TEXT "
        "PRIMARY KEY, change TEXT NOT NULL) WITHOUT ROWID");
    if (!states_) return;
    std::vector<std::string> sets;
    {
        sql::Statement rows = connection_.prepare(
            "SELECT DISTINCT observed FROM main.runs WHERE sweep = ? AND latest = 1 AND observed IS NOT "
            "NULL");
        rows.bind_all(std::string_view(sweep_));
        while (rows.step()) sets.push_back(rows.text(0));
    }
    for (const std::string& observed : sets) {
        const std::string& changed = change(observed);
        if (changed.empty()) continue;
        connection_.reuse("INSERT INTO temp.outdated_sets VALUES(?, ?)")
            ->bind_all(std::string_view(observed), std::string_view(changed))
            .run();
    }
}

}  // namespace tidemark::store
