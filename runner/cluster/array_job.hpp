#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "cluster/batch.hpp"
#include "cluster/job_request.hpp"

namespace tidemark::cluster {

/// A batch on its way to Slurm, or there.
struct ArrayJob {
    enum class State {
        ToSubmit,
        Submitting,  ///< sbatch is at work
        Unsure,      ///< it may have been taken, or not: it is looked for by its name
        Submitted,
        Refused
    };
    Batch batch;
    BatchPlan plan;
    Resources resources{};
    State state = State::ToSubmit;
    std::string number{};                   ///< Slurm's, once known
    std::optional<Seconds> unseen_since{};  ///< since Slurm answered without it, while Unsure
    Seconds submitted{0};                   ///< when Slurm took it, or was found to have it
    Seconds next_try{0};
    int failed_tries = 0;
    std::string problem{};  ///< what the last failed try said
    bool is_cancelled = false;

    bool is_with_slurm() const { return state == State::Submitted; }
};

/// What sbatch's end means for the array.
enum class Submission { Taken, Unsure, Later, Refused };
Submission submission_by(int exit_code, bool took_too_long, const std::string& err);

}  // namespace tidemark::cluster
