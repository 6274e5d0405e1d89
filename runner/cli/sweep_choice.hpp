#pragma once

#include <string>

#include "cli/options.hpp"
#include "cli/verb.hpp"
#include "sql/connection.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// Which sweep a verb is about, and as what: the options FILE, --db, --set, --only and --yes, the same
/// wherever a sweep file is read.
struct SweepChoice {
    std::string file;      ///< empty: that of the last run
    std::string database;  ///< the default one, once prepare() was called
    sweep::LoadOptions load;
    std::string only;
    int repeat = 0;  ///< 0: as the file says

    /// For a verb that makes runs: FILE must be given.
    void declare_for_runs(Options& declared, const std::string& what_of_file = "the sweep file");
    /// For one that reads results: without FILE it is the sweep that was run last. `only` says what becomes
    /// of the runs that --only leaves.
    void declare_for_results(Options& declared, const std::string& only);

    /// For one that takes the runs of FILE as a space: all but FILE itself, and how often they are made.
    /// `only`: what becomes of the runs that --only leaves.
    void declare_space(Options& declared, const std::string& only);

    /// Fills in what follows from where the command was called. To be called first.
    void prepare();

    /// Without FILE: takes that of the last `tidemark run`, with what --set gave it there, unless --set is
    /// given here. False where nothing was run yet. Throws UsageError where the file is not there any more.
    bool take_last(sql::Connection& connection);

    sweep::Sweep read(const sweep::WorkloadCatalogue& catalogue) const {
        return sweep::Sweep::load(file, catalogue, load);
    }
};

}  // namespace tidemark::cli
