#pragma once

#include <span>
#include <string>
#include <vector>

#include "protocol/description.hpp"
#include "protocol/request.hpp"
#include "report/table.hpp"
#include "results/current_results.hpp"
#include "sweep/sweep.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {

/// What a reader of any figure of the sweep must be told, by its workloads: that the data is synthetic, for
/// one. Each once, without a full stop.
std::vector<std::string> caveats(const sweep::Sweep& sweep);

/// The same as sentences, for the notes below a table.
std::vector<std::string> caveat_sentences(const sweep::Sweep& sweep);

/// For one run, each in its short form: `synthetic data`. `workload` is null for a command, which tells
/// nothing.
std::vector<std::string> brief_caveats(const protocol::WorkloadDescription* workload,
                                       const protocol::Parameters& parameters);

/// How to read the figures that are not known for certain, where one of the tables shows any; else empty.
std::string note_on_doubts(std::span<const report::Table> tables, const Texts& texts);

/// What a memory limit and a peak are of, where a run that ended ok has kept a limit and has a peak above it;
/// else empty.
std::string note_on_limits(results::CurrentResults& results, const Texts& texts);

}  // namespace tidemark::tables
