#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/chosen_runs.hpp"
#include "cli/output.hpp"
#include "cli/said.hpp"
#include "cli/verb.hpp"
#include "store/annotations.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

constexpr std::size_t kLongestNote = 10'000;  // bytes; it stands in tables

struct NoteOptions {
    std::string run;
    std::string text;
    bool remove = false;
    std::string database;
};

ExitCode show_note(const NoteOptions& options) {
    store::Database database = store::Database::open_to_read(options.database);
    sql::Connection& connection = database.connection();
    bool any = false;
    OutputOptions output;
    write_output(output, [&](std::ostream& out) {
        for (const std::string& id : chosen_by_name(connection, options.run, Attempts::Latest)) {
            const std::string note = store::annotations_of(connection, id).note;
            if (!note.empty()) out << id << ": " << note << '\n';
            any = any || !note.empty();
        }
    });
    if (!any) say("'{0}' has no note; tidemark note '{0}' \"TEXT\" writes one", options.run);
    return ExitCode::Success;
}

ExitCode write_note(const NoteOptions& options) {
    if (options.remove && !options.text.empty())
        throw UsageError("--remove takes the note away, and a text writes one; give one of both");
    if (options.text.size() > kLongestNote)
        throw UsageError(fmt::format("the note is too long: {} bytes, and at most {} are kept",
                                     options.text.size(), kLongestNote));
    store::Database::open_to_read(options.database);  // which never makes one
    store::Database database = store::Database::open_or_create(options.database);
    const auto ids = chosen_by_name(database.connection(), options.run, Attempts::Latest);
    const auto changed = static_cast<std::size_t>(store::set_note(database, ids, options.text));
    const std::string what = plural(changed, "execution");
    if (options.remove)
        say("{}", changed == 0 ? "there was no note" : "the note is taken from " + what);
    else
        say("{}", changed == 0 ? "the note says so already" : "noted on " + what);
    return ExitCode::Success;
}

}  // namespace

Action add_note_verb(Options& declared) {
    auto options = std::make_shared<NoteOptions>();
    declared.required("RUN", options->run,
                      "a run's name (the latest execution of each repeat), or the id of one execution");
    declared.text("TEXT", options->text,
                  "what to note, instead of what it has; without it, the note is shown");
    declared.flag("--remove", options->remove, "takes the note away");
    declared.text("--db", options->database, "the database of results");
    return [options](const Context&) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return options->text.empty() && !options->remove ? show_note(*options) : write_note(*options);
    };
}

}  // namespace tidemark::cli
