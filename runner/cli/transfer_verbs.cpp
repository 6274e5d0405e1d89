#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "cli/sql_problem.hpp"
#include "cli/verb.hpp"
#include "store/merge.hpp"
#include "store/run_directories.hpp"
#include "terminal/place_of_results.hpp"
#include "terminal/signals.hpp"

namespace tidemark::cli {
namespace {

constexpr Seconds kLongestStatement{600};

struct TransferOptions {
    std::string file;
    std::string database;
    store::MergeOptions merge;

    void add_to(Options& declared, const std::string& meaning_of_file) {
        declared.required("FILE", file, meaning_of_file);
        declared.text("--sweep", merge.sweep, "only runs of this sweep");
        declared.text("--where", merge.where, "only runs for which this SQL condition over attempts holds");
        declared.text("--db", database,
                      "the database of results (default: results/tidemark.db of the project)");
    }
    std::filesystem::path own() const {
        return database.empty() ? terminal::default_database() : std::filesystem::path(database);
    }
};

void require_other(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::error_code error;
    if (std::filesystem::equivalent(from, to, error))
        throw UsageError(fmt::format("{} and {} are the same database", from.string(), to.string()));
}

std::string counted(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

ExitCode transfer(store::Database& source, const std::filesystem::path& to,
                  const store::MergeOptions& options) {
    store::Database target = store::Database::open_or_create(to);
    store::Merged merged;
    try {
        target.connection().bound_statements(kLongestStatement, terminal::SignalInterruption::any);
        merged = store::merge(target, source, options,
                              [](std::int64_t) { return !terminal::SignalInterruption::any(); });
    } catch (const sql::SqlError& problem) {
        // with a name that it does not know SQLite can only mean what the user wrote
        if (problem.unknown() || problem.offset())
            throw UsageError("--where: " + sql_problem_in_part(source.connection(), options.where,
                                                               std::string::npos, problem));
        store::cannot_go_on(to, problem);
    }
    target.require_in_place();
    std::string text =
        fmt::format("{} added to {}", counted(static_cast<std::size_t>(merged.added), "run"), to.string());
    if (merged.known > 0)
        text += fmt::format(", {} {} there already", merged.known, merged.known == 1 ? "was" : "were");
    if (merged.annotated > 0) text += fmt::format(", {} of them got tags or a note", merged.annotated);
    if (merged.claimed > 0)
        text += fmt::format(", {} {} being made there", merged.claimed, merged.claimed == 1 ? "is" : "are");
    std::cerr << text << '\n';
    if (terminal::SignalInterruption::any())
        throw Error(ExitCode::Interrupted, "interrupted; the same command goes on from there");
    return ExitCode::Success;
}

ExitCode transfer_database(const std::filesystem::path& from, const std::filesystem::path& to,
                           const store::MergeOptions& options) {
    require_other(from, to);
    const terminal::SignalInterruption interruption;
    store::Database source = store::Database::open_to_read(from);  // before the target is made
    return transfer(source, to, options);
}

/// What is damaged is named, and the others come back.
ExitCode bring_back(const std::filesystem::path& folder, const std::filesystem::path& to,
                    const store::MergeOptions& options) {
    const terminal::SignalInterruption interruption;
    store::Database source = store::Database::temporary(folder);
    const store::FoundRuns found =
        store::store_run_directories(source, folder, [] { return !terminal::SignalInterruption::any(); });
    for (const std::string& problem : found.problems) std::cerr << problem << "; it is left out\n";
    if (found.unfinished > 0)
        std::cerr << fmt::format(
            "{} left out, without a measurement: at work still, or killed before it could write one\n",
            counted(found.unfinished, "run"));
    const ExitCode code = transfer(source, to, options);
    if (found.problems.empty()) return code;
    throw CannotGoOn(fmt::format("{} damaged and left out",
                                 found.problems.size() == 1
                                     ? "1 run directory is"
                                     : fmt::format("{} run directories are", found.problems.size())));
}

}  // namespace

Action add_export_verb(Options& declared) {
    auto options = std::make_shared<TransferOptions>();
    options->add_to(declared,
                    "the database to copy to; made where it does not exist, added to where it does");
    return [options](const Context&) {
        return transfer_database(options->own(), options->file, options->merge);
    };
}

Action add_import_verb(Options& declared) {
    auto options = std::make_shared<TransferOptions>();
    options->add_to(declared, "the database to take runs from, or a folder of run directories");
    return [options](const Context&) {
        std::error_code error;
        const bool is_folder = std::filesystem::is_directory(options->file, error);
        return (is_folder ? bring_back : transfer_database)(options->file, options->own(), options->merge);
    };
}

}  // namespace tidemark::cli
