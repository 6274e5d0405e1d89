#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"
#include "run/record.hpp"

namespace tidemark::tables {

/// A command that `tidemark measure` has made, with what each of its executions left.
struct MeasuredRun {
    std::string name;
    std::vector<run::Record> records;
};

/// A row for each command: its peak with its bounds, its times, how it ended. Figures are medians of the
/// executions that ended as accepted, or of all where none did.
report::Table measured_table(const std::vector<MeasuredRun>& runs, bool for_machines);

/// What the figures of several commands say, each against the one that takes least: `A takes 2.1 ± 0.1 times
/// the memory of B`. None of a single command, or where none of the others ended well.
std::vector<std::string> measured_verdicts(const std::vector<MeasuredRun>& runs);

}  // namespace tidemark::tables
