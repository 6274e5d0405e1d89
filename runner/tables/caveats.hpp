#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/description.hpp"
#include "protocol/figures.hpp"
#include "protocol/request.hpp"
#include "report/table.hpp"
#include "results/current_results.hpp"
#include "run/disturbances.hpp"
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

/// What the mark of disturbed figures says, where one of the tables shows any; else empty.
std::string note_on_disturbed(std::span<const report::Table> tables, const Texts& texts);

/// Of those repeats that figures are taken of. What failed counts where every run is to be made equally
/// often.
RepeatCounts counts_of_repeats(const sweep::Sweep& sweep, const results::CurrentResults& results);

/// What the intervals over repeats are of, where one of the tables shows any; else empty.
std::string note_on_repeats(const sweep::Sweep& sweep, const results::CurrentResults& results,
                            std::span<const report::Table> tables, const Texts& texts);

/// Whether a figure of that name and noise is one that what happened to a run has disturbed.
bool is_disturbed(const run::Disturbed& disturbed, std::string_view column, protocol::Noise noise);

/// For machines: a last column `disturbed` with the names of the figures of each row that are marked. A table
/// that has a column of that name keeps its own.
void add_disturbed_column(report::Table& table);

/// What a memory limit and a peak are of, where a run that ended ok has kept a limit and has a peak above it;
/// else empty.
std::string note_on_limits(results::CurrentResults& results, const Texts& texts);

/// That the runs which are shown were made on several machines, whose times cannot be compared; else empty.
std::string note_on_machines(results::CurrentResults& results, const Texts& texts);

}  // namespace tidemark::tables
