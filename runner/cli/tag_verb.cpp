#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "cli/chosen_runs.hpp"
#include "cli/output.hpp"
#include "cli/said.hpp"
#include "cli/verb.hpp"
#include "store/annotations.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

struct TagOptions {
    std::vector<std::string> words;  ///< runs, and the tag as the last
    std::string where;
    bool remove = false;
    std::string database;
    OutputOptions output;
};

ExitCode list_tags(const TagOptions& options) {
    store::Database database = store::Database::open_to_read(options.database);
    report::Table table;
    table.columns = {{"tag", "tag", Unit::None, false},
                     {"executions", "executions", Unit::Count, false},
                     {"sweeps", "sweeps", Unit::Count, false}};
    for (const store::TagSummary& tag : store::tags(database.connection()))
        table.rows.push_back({Cell{tag.tag, {}}, Cell{tag.executions, {}}, Cell{tag.sweeps, {}}});
    write_table(options.output, table);
    return ExitCode::Success;
}

std::vector<std::string> chosen(sql::Connection& connection, const TagOptions& options) {
    if (!options.where.empty()) return chosen_by_condition(connection, options.where, Attempts::Latest);
    std::set<std::string> ids;
    for (std::size_t i = 0; i + 1 < options.words.size(); ++i) {
        const auto own = chosen_by_name(connection, options.words[i], Attempts::Latest);
        ids.insert(own.begin(), own.end());
    }
    return {ids.begin(), ids.end()};
}

void require_meaning(const TagOptions& options) {
    const bool names_runs = options.words.size() > 1;
    if (options.words.empty() || names_runs == !options.where.empty())
        throw UsageError(
            "say which runs, and last the tag: tag RUN... TAG, or tag TAG --where \"SQL condition over "
            "results\"");
    if (const std::string problem = store::problem_of_tag(options.words.back()); !problem.empty())
        throw UsageError(fmt::format("'{}': {}", options.words.back(), problem));
}

std::string suggestion(sql::Connection& connection, const std::string& tag) {
    std::vector<std::string> known;
    for (const store::TagSummary& summary : store::tags(connection)) known.push_back(summary.tag);
    return did_you_mean(tag, std::vector<std::string_view>(known.begin(), known.end()));
}

ExitCode mark(const TagOptions& options) {
    require_meaning(options);
    store::Database::open_to_read(options.database);  // which never makes one
    store::Database database = store::Database::open_or_create(options.database);
    const std::string& tag = options.words.back();
    const std::vector<std::string> ids = chosen(database.connection(), options);
    if (ids.empty()) {
        say("no run is meant, and nothing was tagged");
        return ExitCode::Success;
    }
    const auto all = static_cast<std::int64_t>(ids.size());
    const std::string what = plural(ids.size(), "execution");
    if (options.remove) {
        const std::int64_t changed = store::remove_tag(database, ids, tag);
        if (changed == 0)
            throw UsageError(fmt::format("{} tag '{}'{}", all == 1 ? "it has no" : "none of them has the",
                                         tag, suggestion(database.connection(), tag)));
        say("'{}' is taken from {}", tag, plural(static_cast<std::size_t>(changed), "execution"));
        return ExitCode::Success;
    }
    const std::int64_t changed = store::add_tag(database, ids, tag);
    say("'{}' is on {}{}", tag, what,
        changed == all ? std::string() : fmt::format(", of which {} had it before", all - changed));
    return ExitCode::Success;
}

}  // namespace

Action add_tag_verb(Options& declared) {
    auto options = std::make_shared<TagOptions>();
    declared.arguments(
        "RUN", options->words,
        "a run's name (the latest execution of each repeat) or the id of one execution, as many as "
        "you like; and last the tag, a word: tag RUN... TAG");
    declared.text("--where", options->where,
                  "instead of runs: all for which this SQL condition over results holds");
    declared.flag("--remove", options->remove, "takes the tag away");
    declared.text("--db", options->database, "the database of results");
    options->output.add_to(declared);
    return [options](const Context&) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        const bool is_question = options->words.empty() && options->where.empty() && !options->remove;
        return is_question ? list_tags(*options) : mark(*options);
    };
}

}  // namespace tidemark::cli
