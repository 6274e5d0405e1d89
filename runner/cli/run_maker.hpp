#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "cli/adaptive_repeats.hpp"
#include "cli/plan.hpp"
#include "cli/progress.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "cluster/slurm_launcher.hpp"
#include "run/local_launcher.hpp"
#include "run/scheduler.hpp"
#include "sql/connection.hpp"
#include "store/current_sets.hpp"
#include "store/database.hpp"
#include "store/invocations.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

inline constexpr const char* kAutomaticMethod = "auto";

// Where runs are made: on this machine, or on those of a cluster.
inline constexpr const char* kOnThisMachine = "local";
inline constexpr const char* kOnSlurm = "slurm";
inline constexpr const char* kOnSrun = "srun";

/// How runs are made, whatever verb makes them.
struct MakingOptions {
    bool fresh = false;
    bool quiet = false;
    int jobs = 0;  ///< 0: as many as is usual where they are made
    std::string on = kOnThisMachine;
    bool detach = false;
    std::string memory_method = kAutomaticMethod;
    /// The verb that makes them on the way to something else; empty: they are what was asked for. Verbs
    /// without a FILE are not about those.
    std::string part_of{};

    bool is_on_slurm() const { return on == kOnSlurm; }
    int jobs_at_once() const;
};

/// Makes planned runs of a sweep and stores them, and shows on stderr how it goes.
class RunMaker {
  public:
    /// All of them must outlive this.
    RunMaker(const Context& context, const SweepChoice& choice, const sweep::Sweep& sweep,
             const MakingOptions& options)
        : context_(context), choice_(choice), sweep_(sweep), options_(options) {}

    /// With locks of other programs: one ends no sweep, however long it lasts. What is said of it stands
    /// above the progress. This must outlive what is opened with it.
    sql::Patience patience();

    /// What cannot be done where the runs shall be made. A limit that nothing enforces would make every
    /// result a lie, and so would a method that is not there.
    void require_abilities();

    /// All runs of the plan, as one invocation, also where there are none.
    run::Tally make(store::Database& database, const Plan& plan, store::CurrentSets& sets,
                    AdaptiveRepeats& adaptive);

  private:
    void require_slurm_fits();
    run::Tally make_planned(const Plan& plan, const store::Invocation& own, store::Database& database,
                            store::SweepLedger& ledger, AdaptiveRepeats& adaptive);
    /// How runs are started where they shall be made.
    struct Way {
        std::unique_ptr<run::Launcher> launcher;
        run::Queue* queue = nullptr;
        run::LocalLauncher* local = nullptr;
    };
    Way way(const std::filesystem::path& runs_folder) const;

    const Context& context_;
    const SweepChoice& choice_;
    const sweep::Sweep& sweep_;
    const MakingOptions& options_;
    std::optional<cluster::SlurmSite> site_{};
    Progress* progress_ = nullptr;  ///< while it is shown
};

}  // namespace tidemark::cli
