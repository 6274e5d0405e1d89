#pragma once

#include <string>

#include "cli/adaptive_repeats.hpp"
#include "cli/plan.hpp"
#include "cli/progress.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "run/scheduler.hpp"
#include "sql/connection.hpp"
#include "store/current_sets.hpp"
#include "store/database.hpp"
#include "store/invocations.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

inline constexpr const char* kAutomaticMethod = "auto";

/// How runs are made, whatever verb makes them.
struct MakingOptions {
    bool fresh = false;
    bool quiet = false;
    int jobs = 1;
    std::string memory_method = kAutomaticMethod;
    /// The verb that makes them on the way to something else; empty: they are what was asked for. Verbs
    /// without a FILE are not about those.
    std::string part_of{};
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

    /// A limit that nothing enforces would make every result a lie, and so would a method that is not there.
    void require_abilities() const;

    /// All runs of the plan, as one invocation, also where there are none.
    run::Tally make(store::Database& database, const Plan& plan, store::CurrentSets& sets,
                    AdaptiveRepeats& adaptive);

  private:
    run::Tally make_planned(const Plan& plan, const store::Invocation& own, store::Database& database,
                            store::SweepLedger& ledger, AdaptiveRepeats& adaptive);

    const Context& context_;
    const SweepChoice& choice_;
    const sweep::Sweep& sweep_;
    const MakingOptions& options_;
    Progress* progress_ = nullptr;  ///< while it is shown
};

}  // namespace tidemark::cli
