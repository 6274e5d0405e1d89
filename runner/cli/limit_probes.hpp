#pragma once

#include <optional>
#include <vector>

#include "cli/run_maker.hpp"
#include "cli/sweep_choice.hpp"
#include "store/database.hpp"
#include "sweep/workload_catalogue.hpp"
#include "tables/limit_table.hpp"

namespace tidemark::cli {

/// Makes one run of a sweep under other memory limits, each a usual run of the sweep with a cell of its own.
/// What is stored and current is not made again, however it ended, so that a search goes on where it was
/// interrupted.
class LimitProbes {
  public:
    /// All must outlive this. `choice` names the one run.
    LimitProbes(const Context& context, const SweepChoice& choice, const sweep::WorkloadCatalogue& catalogue,
                const MakingOptions& options, store::Database& database)
        : context_(context), choice_(choice), catalogue_(catalogue), options_(options), database_(database) {}

    /// From here on a run that takes longer is ended, and did not end well.
    void limit_wall(Seconds longest) { longest_ = longest; }

    /// The first `times` runs under this limit, made or taken from the database. Nothing where the user
    /// interrupted it. Throws UsageError as Sweep::load does, and where the limit cannot be enforced here.
    std::optional<std::vector<tables::LimitProbe>> make(std::optional<Bytes> limit, int times);

    /// How many of all were made, and not taken from the database.
    int made() const { return made_; }

  private:
    SweepChoice choice_under(std::optional<Bytes> limit, int times) const;
    std::optional<tables::LimitProbe> stored(const sweep::Sweep& sweep, std::optional<Bytes> limit,
                                             int repeat, store::CurrentSets& sets) const;

    const Context& context_;
    const SweepChoice& choice_;
    const sweep::WorkloadCatalogue& catalogue_;
    const MakingOptions& options_;
    store::Database& database_;
    std::optional<Seconds> longest_;
    int made_ = 0;
};

}  // namespace tidemark::cli
