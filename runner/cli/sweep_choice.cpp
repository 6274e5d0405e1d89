#include "cli/sweep_choice.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <system_error>

#include <fmt/format.h>

#include "base/error.hpp"
#include "results/last_invocation.hpp"
#include "store/database.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kDatabase =
    "the database of results (default: $TIDEMARK_DB, or results/tidemark.db of the nearest folder upwards "
    "that "
    "has one or has a .git)";
constexpr const char* kManyRuns = "allows more than 100,000 runs";

/// `quickstart` is short for `quickstart.yaml`, here or in `configs`, of here or of tidemark itself.
std::string found_sweep_file(const std::string& named) {
    std::error_code error;
    const std::filesystem::path name(named);
    if (std::filesystem::exists(name, error)) return named;
    const auto first_of = [&](const std::vector<std::filesystem::path>& places) {
        const auto found = std::ranges::find_if(
            places, [&](const auto& place) { return std::filesystem::is_regular_file(place, error); });
        return found == places.end() ? named : terminal::shown_path(*found);
    };
    if (name.has_extension()) return named;
    const std::string file = named + ".yaml";
    return first_of({file, named + ".yml", std::filesystem::path("configs") / file,
                     terminal::default_configs_folder() / file});
}

/// From the sweep file's own folder, not from where a link leads.
std::string default_database_of(const std::string& file) {
    if (file.empty()) return terminal::default_database().string();
    // a folder that is gone is said to be, and not the file to be missing
    const std::filesystem::path here = std::filesystem::current_path();
    return terminal::default_database((here / file).parent_path()).string();
}

}  // namespace

void SweepChoice::declare_for_runs(Options& declared, const std::string& what_of_file) {
    declared.required("FILE", file, what_of_file);
    declared.text("--db", database, kDatabase);
    declared.repeated("--set", load.set,
                      "name=value: replaces a parameter everywhere, and collapses its axis");
    declared.text("--only", only, "SQL condition over parameters and `run`: runs only these");
    declared.repeated("--limit", load.limit,
                      "name=value, such as memory=2GiB: a limit instead of the file's, none for none");
    declared.number("--repeat", repeat, 1, sweep::kMostRepeats,
                    "how many times each run is executed, instead of the file's");
    declared.flag("--yes", load.allow_many, kManyRuns);
}

void SweepChoice::declare_for_results(Options& declared, const std::string& what_of_only) {
    declared.text("FILE", file, "the sweep file (default: that of the last run, with its --set)");
    declared.text("--db", database, kDatabase);
    declared.repeated("--set", load.set, "name=value, as the runs were made with");
    declared.text("--only", only, "SQL condition over parameters and `run`: " + what_of_only);
    declared.repeated("--limit", load.limit, "name=value, as the runs were made with");
    declared.number("--repeat", repeat, 1, sweep::kMostRepeats,
                    "how many times each run is executed, instead of the file's");
    declared.flag("--yes", load.allow_many, kManyRuns);
}

void SweepChoice::declare_space(Options& declared, const std::string& what_of_only) {
    declared.text("--db", database, kDatabase);
    declared.repeated("--set", load.set,
                      "name=value: replaces a parameter everywhere, and collapses its axis");
    declared.text("--only", only, "SQL condition over parameters and `run`: " + what_of_only);
    declared.repeated("--limit", load.limit,
                      "name=value, such as memory=2GiB: a limit instead of the file's, none for none");
    declared.flag("--yes", load.allow_many, kManyRuns);
}

void SweepChoice::prepare() {
    if (!file.empty()) file = found_sweep_file(file);
    if (database.empty()) database = default_database_of(file);
    if (!only.empty()) load.only = only;
    load.database = database;
    if (repeat > 0) load.repeat = repeat;
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
    if (load.limit.empty()) load.limit = last->limit;
    if (!load.repeat) load.repeat = last->repeat;
    return true;
}

}  // namespace tidemark::cli
