#include "store/kept_runs.hpp"

#include <limits>

#include "base/error.hpp"
#include "protocol/result_columns.hpp"
#include "store/current_sets.hpp"
#include "store/stored_request.hpp"
#include "store/write_record.hpp"

namespace tidemark::store {
namespace {

/// Without `measured_key` only a run without captures has one, its key.
constexpr std::string_view kFind =
    "SELECT run_id, request, measurement, directory, observed, EXISTS(SELECT 1 FROM facts f WHERE f.run_id = "
    "r.run_id) OR EXISTS(SELECT 1 FROM phases p WHERE p.run_id = r.run_id) OR EXISTS(SELECT 1 FROM epochs e "
    "WHERE e.run_id = r.run_id) FROM runs AS r WHERE sweep = ?1 AND cell = ?2 AND repeat = ?3 AND latest = 1 "
    "AND status IN ('ok', 'failed') AND coalesce(declared_key, key) <> ?4 AND "
    "coalesce(iif(json_valid(request), json_extract(request, '$.measured_key'), NULL), declared_key, key) = "
    "?5";

std::vector<protocol::Metric> metrics_of(sql::Connection& connection, const std::string& run_id) {
    const auto rows =
        connection.reuse("SELECT name, value, epoch FROM metrics WHERE run_id = ? ORDER BY rowid");
    rows->bind_all(std::string_view(run_id));
    std::vector<protocol::Metric> metrics;
    while (rows->step()) {
        // SQLite has no NaN: it keeps it as null
        const double value = rows->is_null(1) ? std::numeric_limits<double>::quiet_NaN() : rows->real(1);
        const auto epoch = rows->is_null(2) ? std::nullopt : std::optional(rows->integer(2));
        metrics.push_back({rows->text(0), value, epoch});
    }
    return metrics;
}

}  // namespace

KeptRuns::KeptRuns(sql::Connection& connection, CurrentSets* sets)
    : connection_(connection), sets_(sets), knows_(knows_observed(connection)) {}

std::optional<run::KeptRun> KeptRuns::find(const protocol::Request& wanted) {
    if (!knows_) return std::nullopt;
    run::KeptRun kept;
    std::string observed;
    {
        const auto row = connection_.reuse(kFind);
        row->bind_all(std::string_view(wanted.sweep), std::string_view(wanted.cell), wanted.repeat,
                      std::string_view(wanted.key), std::string_view(wanted.measured_key));
        if (!row->step()) return std::nullopt;
        try {
            kept.request = stored_request(row->text(0), row->text(1));
            kept.measurement = stored_measurement(row->text(0), row->text(2));
        } catch (const CannotGoOn&) {
            return std::nullopt;  // it is damaged, and made again
        }
        // what is missing of metrics follows from them
        std::erase_if(kept.measurement.missing,
                      [](const auto& missing) { return !protocol::is_fixed_column(missing.first); });
        kept.directory = row->text(3);
        observed = row->text(4);
        kept.has_told = row->integer(5) != 0;
    }
    if (sets_ != nullptr && !observed.empty() && !sets_->change(observed).empty()) return std::nullopt;
    if (!run::went_well_but_for_metrics(kept)) return std::nullopt;
    kept.metrics = metrics_of(connection_, kept.request.run_id);
    return kept;
}

bool replace_metrics(sql::Connection& connection, const run::KeptRun& found, const run::ReadAgain& read) {
    sql::Transaction transaction(connection);
    {
        const auto row = connection.reuse(
            "SELECT 1 FROM runs WHERE run_id = ? AND latest = 1 AND coalesce(declared_key, key) = ?");
        row->bind_all(std::string_view(found.request.run_id), std::string_view(found.request.key));
        if (!row->step()) return false;
    }
    rewrite_metrics(connection, read);
    transaction.commit();
    return true;
}

}  // namespace tidemark::store
