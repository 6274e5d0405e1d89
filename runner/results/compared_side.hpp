#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "results/stored_runs.hpp"
#include "store/database.hpp"

namespace tidemark::results {

/// What A or B of `tidemark compare A B` names.
struct ComparedSide {
    enum class Kind { Attempt, Run, Sweep, Baseline, Database };
    Kind kind = Kind::Sweep;
    std::string text;   ///< as the user wrote it
    std::string name;   ///< run_id, cell, or the baseline
    std::string sweep;  ///< of an attempt, a run and a sweep
    std::shared_ptr<store::Database> database;

    bool is_single() const { return kind == Kind::Attempt || kind == Kind::Run; }
    bool has_sweep() const { return kind != Kind::Baseline && kind != Kind::Database; }

    /// Its sweeps, by name.
    std::vector<std::string> sweeps() const;
    /// Its runs in the sweep, of which it must be one.
    std::vector<RunGroup> groups(const std::string& in_sweep) const;
};

/// Finds out what `text` means: a run's id or the beginning of one, a run's name (with `SWEEP/` before it
/// where several sweeps have it), a sweep, a baseline, or the file of another database. `run:`, `sweep:`,
/// `baseline:` or `db:` before it says which. Throws UsageError where it means nothing, or several things.
ComparedSide resolve_side(const std::shared_ptr<store::Database>& database, const std::string& text);

}  // namespace tidemark::results
