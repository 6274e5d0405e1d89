#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "run/made_elsewhere.hpp"

namespace tidemark::cluster {

/// What squeue says of one task of an array.
struct QueueEntry {
    std::string state{};   ///< `PENDING`
    std::string reason{};  ///< why it is pending: `Resources`
    std::string job{};     ///< `1234_7`
    std::string array{};   ///< the number of the whole array
    std::string partition{};
    std::optional<double> wait_s{};  ///< from its submission to its start

    bool is_over() const;
    bool is_pending() const { return state == "PENDING"; }
};

/// By name of the job and number of the task. Where one name was submitted twice, what still is to come
/// counts more than what is over.
using QueueAnswer = std::map<std::pair<std::string, int>, QueueEntry>;

/// Asks for all jobs of these names, also for those that ended a while ago.
std::vector<std::string> queue_command(const std::vector<std::string>& names);
QueueAnswer queue_answer(std::string_view text);

/// What Slurm's word for how a job ended means for a run of it: cause and words for people. `began`: whether
/// the run had begun.
run::QueueEnd meaning_of(const QueueEntry& entry, bool began);

}  // namespace tidemark::cluster
