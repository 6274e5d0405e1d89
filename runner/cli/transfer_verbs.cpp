#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "cli/sql_problem.hpp"
#include "cli/verb.hpp"
#include "store/merge.hpp"
#include "terminal/signals.hpp"

namespace tidemark::cli {
namespace {

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

ExitCode transfer(const std::filesystem::path& from, const std::filesystem::path& to,
                  const store::MergeOptions& options) {
    std::error_code error;
    if (std::filesystem::equivalent(from, to, error))
        throw UsageError(fmt::format("{} and {} are the same database", from.string(), to.string()));
    store::Database source = store::Database::open_to_read(from);  // before the target is made
    store::Database target = store::Database::open_or_create(to);
    const terminal::SignalInterruption interruption;
    store::Merged merged;
    try {
        merged = store::merge(target, from, options,
                              [](std::int64_t) { return !terminal::SignalInterruption::any(); });
    } catch (const sql::SqlError& problem) {
        // with a name that it does not know SQLite can only mean what the user wrote
        if (problem.unknown() || problem.offset())
            throw UsageError("--where: " + sql_problem_in_part(source.connection(), options.where,
                                                               std::string::npos, problem));
        store::cannot_go_on(to, problem);
    }
    const std::string already = merged.known == 0 ? std::string()
                                                  : fmt::format(", {} {} there already", merged.known,
                                                                merged.known == 1 ? "was" : "were");
    std::cerr << fmt::format("{} run{} added to {}{}\n", merged.added, merged.added == 1 ? "" : "s",
                             to.string(), already);
    if (terminal::SignalInterruption::any())
        throw Error(ExitCode::Interrupted, "interrupted; the same command goes on from there");
    return ExitCode::Success;
}

}  // namespace

Action add_export_verb(Options& declared) {
    auto options = std::make_shared<TransferOptions>();
    options->add_to(declared,
                    "the database to copy to; made where it does not exist, added to where it does");
    return [options](const Context&) { return transfer(options->own(), options->file, options->merge); };
}

Action add_import_verb(Options& declared) {
    auto options = std::make_shared<TransferOptions>();
    options->add_to(declared, "the database to take runs from");
    return [options](const Context&) { return transfer(options->file, options->own(), options->merge); };
}

}  // namespace tidemark::cli
