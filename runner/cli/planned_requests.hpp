#pragma once

#include <filesystem>
#include <string>

#include "protocol/request.hpp"
#include "run/scheduler.hpp"
#include "store/invocations.hpp"
#include "store/sweep_ledger.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// By what a run is known among those that are done.
struct RunKeys {
    std::string key;
    std::string measured_key;  ///< the same without what is read of the run afterwards
};

/// What the runs of one invocation are told, whichever verb makes them.
class PlannedRequests {
  public:
    /// `repository`: a folder of that whose commit is stored with each run. Sweep and ledger must outlive
    /// this.
    PlannedRequests(const sweep::Sweep& sweep, const std::filesystem::path& repository,
                    const store::Invocation& invocation, const store::SweepLedger& ledger,
                    std::filesystem::path runs_folder);

    /// Complete, with a run_id that is new each time.
    protocol::Request of(const run::PlannedRun& planned, const RunKeys& keys) const;

  private:
    const sweep::Sweep& sweep_;
    const store::SweepLedger& ledger_;
    std::string invocation_id_;
    std::filesystem::path runs_folder_;
    std::string revision_;
    std::string no_revision_;  ///< why there is none
};

}  // namespace tidemark::cli
