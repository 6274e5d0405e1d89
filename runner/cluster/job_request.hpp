#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cluster/batch.hpp"
#include "protocol/request.hpp"
#include "sweep/slurm_options.hpp"

namespace tidemark::cluster {

/// What a run asks Slurm for. Runs that ask for the same share an array.
struct Resources {
    std::optional<std::int64_t> minutes{};     ///< nothing: the site's own limit
    std::optional<std::int64_t> memory_mib{};  ///< the same
    int cpus = 0;                              ///< 0: not given
    auto operator<=>(const Resources&) const = default;
};

Resources resources_of(const protocol::Request& request);

/// The words of sbatch for a batch of such runs. `after`: arrays that must be over before.
std::vector<std::string> submission(const Batch& batch, const BatchPlan& plan, const Resources& resources,
                                    const sweep::SlurmOptions& options,
                                    const std::vector<std::string>& after);

/// The options of the site alone, for Slurm to look at: it submits nothing.
std::vector<std::string> trial_submission(const sweep::SlurmOptions& options);

}  // namespace tidemark::cluster
