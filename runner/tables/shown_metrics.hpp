#pragma once

#include <string>
#include <vector>

#include "results/current_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// The metrics that a table of the sweep's runs shows: the headlines of its workloads, what `capture` names,
/// and of a command, which tells nothing about its metrics, all that came. With `everything`, for machines,
/// all that are described or came. In the order in which they are described.
std::vector<std::string> shown_metrics(const sweep::Sweep& sweep, const results::CurrentResults& results,
                                       bool everything);

/// Which of Sweep::varying() are not the same in all runs.
std::vector<std::string> differing_parameters(const sweep::Sweep& sweep);

}  // namespace tidemark::tables
