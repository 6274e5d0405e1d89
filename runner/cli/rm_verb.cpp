#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "cli/chosen_runs.hpp"
#include "cli/question.hpp"
#include "cli/said.hpp"
#include "cli/verb.hpp"
#include "store/removal.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

namespace fs = std::filesystem;

struct RmOptions {
    std::string run;
    std::string where;
    std::string database;
    bool yes = false;
};

/// Only what lies beside the database: a directory elsewhere may be anything by now.
void remove_directories(const std::vector<fs::path>& directories, const fs::path& folder) {
    std::error_code error;
    for (const fs::path& directory : directories) {
        if (directory.lexically_normal().parent_path() != folder.lexically_normal()) {
            if (fs::exists(directory, error))
                say("note: {} is left, which does not lie beside the database", directory.string());
            continue;
        }
        fs::remove_all(directory, error);
        if (error) say("note: cannot remove {}: {}", directory.string(), error.message());
    }
}

ExitCode remove(const RmOptions& options) {
    if (options.run.empty() == options.where.empty())
        throw UsageError("say which runs: rm RUN, or rm --where \"SQL condition over attempts\"");
    std::error_code error;
    if (!fs::exists(options.database, error))
        store::Database::open_to_read(options.database);  // which says so
    store::Database database = store::Database::open_or_create(options.database);
    sql::Connection& connection = database.connection();
    const std::vector<std::string> ids = options.where.empty()
                                             ? chosen_by_name(connection, options.run, Attempts::All)
                                             : chosen_by_condition(connection, options.where, Attempts::All);
    if (ids.empty()) {
        say("no run is meant, and nothing was removed");
        return ExitCode::Success;
    }
    if (const auto baselines = store::baselines_with(connection, ids); !baselines.empty())
        throw UsageError(
            fmt::format("some of them belong to a baseline ({0}), which would be nothing without "
                        "them; first: tidemark baseline drop {1}",
                        fmt::join(baselines, ", "), baselines.front()));
    const std::string what = plural(ids.size(), "execution");
    if (!options.yes &&
        !agrees(fmt::format("Remove {} and what {} left, for good?", what, ids.size() == 1 ? "it" : "they"),
                "--yes")) {
        say("nothing was removed");
        return ExitCode::Success;
    }
    remove_directories(store::remove_runs(database, ids), database.runs_folder());
    say("removed {}", what);
    return ExitCode::Success;
}

}  // namespace

Action add_rm_verb(Options& declared) {
    auto options = std::make_shared<RmOptions>();
    declared.text("RUN", options->run, "a run's name (all of its executions), or the id of one execution");
    declared.text("--where", options->where, "instead: all for which this SQL condition over attempts holds");
    declared.flag("--yes", options->yes, "does not ask");
    declared.text("--db", options->database, "the database of results");
    return [options](const Context&) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return remove(*options);
    };
}

}  // namespace tidemark::cli
