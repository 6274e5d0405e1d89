// Why no attempt stands for a repeat: CurrentResults::explain_gaps.
#include "results/current_results.hpp"
#include "store/current_sets.hpp"

namespace tidemark::results {
namespace {

using protocol::Status;

constexpr std::string_view kOutdated = "made before the program or its input changed";
constexpr std::string_view kOtherCapture = "made before its capture changed";

}  // namespace

/// Those that no attempt stands for: whether there is one of another program.
void CurrentResults::explain_gaps() {
    connection_.prepare("UPDATE temp.shown_repeats SET status = ?1, reason = '' WHERE place IS NULL")
        .bind_all(to_text(Status::NotRun))
        .run();
    connection_
        .prepare(
            "UPDATE temp.shown_repeats AS own SET reason = ?2 FROM main.runs AS r WHERE own.place IS NULL "
            "AND r.sweep = ?1 AND r.cell = own.cell AND r.repeat = own.repeat AND r.latest = 1")
        .bind_all(std::string_view(sweep_), kOutdated)
        .run();
    if (program_ != Program::Present || !store::knows_observed(connection_)) return;
    connection_
        .prepare(
            "UPDATE temp.shown_repeats AS own SET reason = ?2 FROM main.runs AS r WHERE own.place IS NULL "
            "AND r.sweep = ?1 AND r.cell = own.cell AND r.repeat = own.repeat AND r.latest = 1 AND "
            "json_valid(r.request) AND json_extract(r.request, '$.measured_key') = own.measured_key AND NOT "
            "EXISTS(SELECT 1 FROM temp.outdated_sets AS o WHERE o.observed = r.observed)")
        .bind_all(std::string_view(sweep_), kOtherCapture)
        .run();
    connection_
        .prepare(
            "UPDATE temp.shown_repeats AS own SET reason = 'made before ' || o.change FROM main.runs AS r "
            "JOIN "
            "temp.outdated_sets AS o ON o.observed = r.observed WHERE own.place IS NULL AND r.sweep = ?1 AND "
            "r.cell = own.cell AND r.repeat = own.repeat AND r.latest = 1 AND r.declared_key = own.key")
        .bind_all(std::string_view(sweep_))
        .run();
}

}  // namespace tidemark::results
