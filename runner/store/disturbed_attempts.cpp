#include "store/disturbed_attempts.hpp"

namespace tidemark::store {

run::Disturbed disturbed_figures(sql::Connection& connection, std::string_view run_id) {
    // of those alone that have a warning, for a disturbance is one: measurements are long to read
    const auto row = connection.reuse(
        "SELECT measurement FROM main.runs WHERE run_id = ?1 AND EXISTS (SELECT 1 FROM main.warnings WHERE "
        "run_id = ?1)");
    row->bind_all(run_id);
    return row->step() ? run::stored_disturbances(row->text(0)) : run::Disturbed{};
}

}  // namespace tidemark::store
