#pragma once

#include <string>
#include <vector>

namespace tidemark::sweep {

/// What a sweep file tells Slurm of the jobs that its runs are made in. Where a run is made is no part of
/// what it is: none of this is in its cell or its key.
struct SlurmOptions {
    std::string partition{};
    std::string account{};
    std::string qos{};
    std::string constraint{};
    std::string gpus{};                  ///< `2`, `a100:1`
    std::vector<std::string> options{};  ///< words for sbatch, behind all others
    int runs_per_job = 1;                ///< one after the other in the same job
};

}  // namespace tidemark::sweep
