#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "cli/sweep_choice.hpp"
#include "results/known_runs.hpp"

namespace tidemark::cli {

/// `memory=1073741824 B`, as `--limit` takes it.
std::string memory_limit(Bytes amount);

/// The options with this limit of memory, `memory=1073741824 B`, in place of any other.
sweep::LoadOptions with_memory_limit(sweep::LoadOptions load, const std::string& limit);

/// A sweep, and the same one under each limit of memory under which its runs are stored: what they took does
/// not depend on a limit that they did not reach.
class OtherLimits {
  public:
    /// `sweep` was read by `choice` and must outlive this.
    OtherLimits(const SweepChoice& choice, const sweep::WorkloadCatalogue& catalogue,
                const sweep::Sweep& sweep, sql::Connection& connection);

    const std::vector<results::Making>& makings() const { return makings_; }

    /// The sweep under that limit; nothing where it may not have it.
    static std::optional<sweep::Sweep> under_limit(const SweepChoice& choice,
                                                   const sweep::WorkloadCatalogue& catalogue,
                                                   const std::string& limit);

    /// Those limits, but the sweep's own; none for a space so large that all of them would take too long.
    static std::vector<std::string> stored(sql::Connection& connection, const sweep::Sweep& sweep);

  private:
    std::deque<sweep::Sweep> own_;
    std::vector<results::Making> makings_;
};

}  // namespace tidemark::cli
