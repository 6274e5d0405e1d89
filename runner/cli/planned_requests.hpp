#pragma once

#include <filesystem>
#include <future>
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

/// The commit of a repository, which two programs of git are asked for. That takes as long as a short run
/// does, so it is begun as soon as the folder is known, beside what else is done before the first run.
class RevisionInBackground {
  public:
    /// `repository`: a folder of it.
    explicit RevisionInBackground(std::filesystem::path repository);

    struct Found {
        std::string revision;
        std::string problem;  ///< why there is none
    };
    Found get() { return found_.get(); }  ///< once

  private:
    std::future<Found> found_;
};

/// What the runs of one invocation are told, whichever verb makes them.
class PlannedRequests {
  public:
    /// `revision`: what is stored with each run. Sweep and ledger must outlive this.
    PlannedRequests(const sweep::Sweep& sweep, RevisionInBackground& revision,
                    const store::Invocation& invocation, const store::SweepLedger& ledger,
                    std::filesystem::path runs_folder);

    /// Complete, with a run_id that is new each time.
    protocol::Request of(const run::PlannedRun& planned, const RunKeys& keys) const;

  private:
    const sweep::Sweep& sweep_;
    const store::SweepLedger& ledger_;
    std::string invocation_id_;
    std::filesystem::path runs_folder_;
    RevisionInBackground::Found revision_;
};

}  // namespace tidemark::cli
