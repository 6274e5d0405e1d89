#include "cli/sweep_choice.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "base/error.hpp"
#include "results/last_invocation.hpp"
#include "store/database.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kDatabase = "the database of results (default: results/tidemark.db of the project)";
constexpr const char* kManyRuns = "allows more than 100,000 runs";

}  // namespace

void SweepChoice::declare_for_runs(Options& declared) {
    declared.required("FILE", file, "the sweep file");
    declared.text("--db", database, kDatabase);
    declared.repeated("--set", load.set,
                      "name=value: replaces a parameter everywhere, and collapses its axis");
    declared.text("--only", only, "SQL condition over parameters and `run`: makes only these runs");
    declared.flag("--yes", load.allow_many, kManyRuns);
}

void SweepChoice::declare_for_results(Options& declared, const std::string& what_of_only) {
    declared.text("FILE", file, "the sweep file (default: that of the last run, with its --set)");
    declared.text("--db", database, kDatabase);
    declared.repeated("--set", load.set, "name=value, as the runs were made with");
    declared.text("--only", only, "SQL condition over parameters and `run`: " + what_of_only);
    declared.flag("--yes", load.allow_many, kManyRuns);
}

void SweepChoice::prepare() {
    if (database.empty()) database = terminal::default_database().string();
    if (!only.empty()) load.only = only;
    load.caller_directory = std::filesystem::current_path();
    load.never_inputs = store::files_of_database(database);
}

bool SweepChoice::take_last(sql::Connection& connection) {
    if (!file.empty()) return true;
    const auto last = results::last_invocation(connection);
    if (!last) return false;
    if (!std::filesystem::exists(last->file)) {
        throw UsageError(fmt::format(
            "the file of the sweep that was run last, {}, is not there any more; name the sweep file",
            last->file));
    }
    file = terminal::shown_path(last->file);
    if (load.set.empty()) {
        load.set = last->set;
        load.caller_directory = last->working_directory;
    }
    return true;
}

}  // namespace tidemark::cli
