#pragma once

#include <cstddef>
#include <filesystem>

#include "base/interruption.hpp"
#include "cluster/batch.hpp"
#include "run/launcher.hpp"
#include "run/run_in_progress.hpp"

namespace tidemark::cluster {

/// Makes the runs of one task of a batch on this machine, one after the other, each under a warden. What
/// becomes of a run is in its directory; this ends well wherever it could be supervised.
class Node {
  public:
    /// `interruption` outlives it.
    Node(Batch batch, std::filesystem::path warden, Interruption& interruption);

    /// Throws CannotGoOn where the shared folder cannot be used.
    void make(std::size_t task);

  private:
    void make_run(const BatchRun& run, const std::string& memory_method);
    void supervise(run::Launcher& launcher, const run::Launch& launch);
    void heed(run::Launcher& launcher, run::RunInProgress& run);
    void show_life(const std::string& run_id);

    Batch batch_;
    std::filesystem::path warden_;
    Interruption& interruption_;
    int heeded_ = 0;
    int signs_of_life_ = 0;
    double last_sign_ = 0;
};

}  // namespace tidemark::cluster
