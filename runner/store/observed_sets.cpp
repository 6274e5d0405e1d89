#include "store/observed_sets.hpp"

#include "base/digest.hpp"

namespace tidemark::store {
namespace {

std::int64_t number_of_file(sql::Connection& connection, const run::ObservedFile& file) {
    const auto row = connection.reuse(
        "INSERT INTO observed_files(path, kind, state, size, changed_ns) VALUES(?, ?, ?, ?, ?) "
        "ON CONFLICT(path, kind, state) DO UPDATE SET size = excluded.size, changed_ns = excluded.changed_ns "
        "RETURNING file");
    row->bind_all(std::string_view(file.path), run::kind_name(file.kind), std::string_view(file.state),
                  file.size, file.changed_ns);
    row->step();
    return row->integer(0);
}

}  // namespace

std::string observed_set(const run::Observation& observation) {
    std::string text;
    for (const run::ObservedFile& file : observation.read) {
        // each part is ended by what it cannot hold, so that no two sets have one text
        text.append(file.path).push_back('\0');
        text.append(run::kind_name(file.kind)).push_back('\0');
        text.append(file.state).push_back('\0');
    }
    return to_text(digest_of(text));
}

void write_observation(sql::Connection& connection, std::string_view sweep,
                       const run::Observation& observation) {
    const auto output = connection.reuse("INSERT OR IGNORE INTO observed_outputs VALUES(?, ?)");
    for (const std::string& path : observation.written) output->bind_all(sweep, std::string_view(path)).run();
    const std::string set = observed_set(observation);
    connection.reuse("INSERT OR IGNORE INTO observed_sets(observed) VALUES(?)")
        ->bind_all(std::string_view(set))
        .run();
    if (connection.changes() == 0) return;  // it is there already
    const auto row = connection.reuse("SELECT number FROM observed_sets WHERE observed = ?");
    row->bind_all(std::string_view(set));
    row->step();
    const std::int64_t number = row->integer(0);
    for (const run::ObservedFile& file : observation.read) {
        const std::int64_t member = number_of_file(connection, file);
        connection.reuse("INSERT INTO observed_members VALUES(?, ?)")->bind_all(number, member).run();
    }
}

}  // namespace tidemark::store
