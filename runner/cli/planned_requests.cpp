#include "cli/planned_requests.hpp"

#include <utility>

#include "base/identifier.hpp"
#include "run/run_directory.hpp"
#include "sweep/repository.hpp"

namespace tidemark::cli {

RevisionInBackground::RevisionInBackground(std::filesystem::path repository)
    // where no thread can be had it is found when it is asked for
    : found_(std::async(std::launch::async | std::launch::deferred, [folder = std::move(repository)] {
          Found found;
          found.revision = sweep::Repository(folder).revision(found.problem).value_or(std::string());
          return found;
      })) {}

PlannedRequests::PlannedRequests(const sweep::Sweep& sweep, RevisionInBackground& revision,
                                 const store::Invocation& invocation, const store::SweepLedger& ledger,
                                 std::filesystem::path runs_folder)
    : sweep_(sweep),
      ledger_(ledger),
      invocation_id_(invocation.invocation_id),
      runs_folder_(std::move(runs_folder)),
      revision_(revision.get()) {}

protocol::Request PlannedRequests::of(const run::PlannedRun& planned, const RunKeys& keys) const {
    const std::string run_id = new_identifier();
    const run::RunDirectory directory(runs_folder_ / run_id);
    protocol::Request request =
        sweep_.request(sweep_.runs()[planned.spec], {planned.repeat, directory.run_dir().string()});
    request.run_id = run_id;
    request.invocation = invocation_id_;
    request.key = keys.key;
    request.measured_key = keys.measured_key;
    request.repeat = planned.repeat;
    request.revision = revision_.revision;
    request.no_revision = revision_.problem;
    request.made_by = ledger_.made_by();
    return request;
}

}  // namespace tidemark::cli
