#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <system_error>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/question.hpp"
#include "cli/said.hpp"
#include "cli/verb.hpp"
#include "run/run_directory.hpp"
#include "store/queries.hpp"
#include "store/removal.hpp"
#include "terminal/installation.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

namespace fs = std::filesystem;

struct GcOptions {
    std::string database;
    int days = 0;  ///< 0: logs stay
    bool yes = false;
    bool dry_run = false;
};

/// What is to go, and what it holds.
struct Waste {
    std::vector<fs::path> paths;
    std::int64_t bytes = 0;
};

Waste folders_without_a_record(store::Database& database) {
    Waste waste{store::unrecorded_folders(database), 0};
    for (const fs::path& folder : waste.paths) waste.bytes += store::bytes_in(folder);
    return waste;
}

/// Logs of stored runs that nobody has written to for so long.
Waste old_logs(store::Database& database, int days) {
    Waste waste;
    if (days == 0) return waste;
    const auto border = fs::file_time_type::clock::now() - std::chrono::hours(24) * days;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(database.runs_folder(), error)) {
        const run::RunDirectory directory(entry.path());
        for (const fs::path& log : {directory.stdout_log(), directory.stderr_log()}) {
            const auto time = fs::last_write_time(log, error);
            const auto size = error ? 0 : fs::file_size(log, error);
            if (error || time >= border || size == 0) continue;
            waste.paths.push_back(log);
            waste.bytes += static_cast<std::int64_t>(size);
        }
    }
    return waste;
}

void remove(const Waste& waste) {
    std::error_code error;
    for (const fs::path& path : waste.paths) {
        fs::remove_all(path, error);
        if (error) say("note: cannot remove {}: {}", path.string(), error.message());
    }
}

ExitCode collect(const GcOptions& options) {
    std::error_code error;
    if (!fs::exists(options.database, error))
        store::Database::open_to_read(options.database);  // which says so
    store::Database database = store::Database::open_or_create(options.database);
    if (!store::running_invocations(database.connection()).empty())
        throw CannotGoOn("a sweep is running, whose folders have no record yet; wait for its end");
    const Waste folders = folders_without_a_record(database);
    const Waste logs = old_logs(database, options.days);
    if (folders.paths.empty() && logs.paths.empty()) {
        say("nothing to remove");
        return ExitCode::Success;
    }
    std::string what = fmt::format("{} without a record ({})", plural(folders.paths.size(), "folder"),
                                   to_text(Bytes{folders.bytes}));
    if (options.days > 0)
        what +=
            fmt::format(", {} older than {} ({})", plural(logs.paths.size(), "log"),
                        plural(static_cast<std::size_t>(options.days), "day"), to_text(Bytes{logs.bytes}));
    const auto whole = std::ranges::count_if(folders.paths, [&](const fs::path& folder) {
        return fs::exists(run::RunDirectory(folder).measurement(), error);
    });
    if (whole > 0)
        say("note: {} of the folders hold{} a measurement, which `tidemark import {}` would bring back",
            whole, whole == 1 ? "s" : "", terminal::shown_path(database.runs_folder()));
    if (options.dry_run) {
        for (const Waste* waste : {&folders, &logs}) {
            for (const fs::path& path : waste->paths) say("{}", path.string());
        }
        say("would remove {}", what);
        return ExitCode::Success;
    }
    if (!options.yes && !agrees(fmt::format("Remove {}, for good?", what), "--yes")) {
        say("nothing was removed");
        return ExitCode::Success;
    }
    remove(folders);
    remove(logs);
    say("removed {}", what);
    return ExitCode::Success;
}

}  // namespace

Action add_gc_verb(Options& declared) {
    auto options = std::make_shared<GcOptions>();
    constexpr int kMostDays = 36500;
    declared.number("--logs-older-than", options->days, 1, kMostDays,
                    "days: also the logs of stored runs, which `show` and a changed capture then lack");
    declared.flag("--dry-run,-n", options->dry_run, "only says what would be removed");
    declared.flag("--yes", options->yes, "does not ask");
    declared.text("--db", options->database, "the database of results");
    return [options](const Context&) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return collect(*options);
    };
}

}  // namespace tidemark::cli
