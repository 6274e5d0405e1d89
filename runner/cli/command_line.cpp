#include "cli/command_line.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <new>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/build_info.hpp"
#include "base/suggestion.hpp"
#include "cli/command_words.hpp"
#include "cli/help_text.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "sql/connection.hpp"
#include "terminal/installation.hpp"
#include "terminal/signals.hpp"
#include "terminal/visible_stream.hpp"

namespace tidemark::cli {
namespace {

/// What a verb is for, as `--help` groups them.
constexpr const char* kMaking = "Make runs";
constexpr const char* kLooking = "Look at results";
constexpr const char* kKeeping = "Keep results";
constexpr const char* kAround = "Around it";
constexpr const char* kNowhere = "";  // which hides it

struct Verb {
    const char* group;
    const char* name;
    const char* meaning;
    Action (*add)(Options&);
};

constexpr std::array kVerbs{
    Verb{kMaking, "run", "execute the runs of a sweep file that are not done yet, and compare them",
         add_run_verb},
    Verb{kMaking, "plan", "find the best run of a sweep below a ceiling, with few runs", add_plan_verb},
    Verb{kMaking, "estimate", "estimate what the runs of a sweep will take, from runs that were measured",
         add_estimate_verb},
    Verb{kMaking, "fit", "find the smallest memory limit under which a run still succeeds", add_fit_verb},
    Verb{kMaking, "measure",
         "run a command and report its time and the peak memory of its whole process tree", add_measure_verb},
    Verb{kMaking, "init", "write a first sweep file, for a command or for the trainer", add_init_verb},
    Verb{kLooking, "list", "list the sweeps in the database, or the runs of one", add_list_verb},
    Verb{kLooking, "show", "show everything about one run", add_show_verb},
    Verb{kLooking, "query", "query the results in SQL", add_query_verb},
    Verb{kLooking, "compare", "compare two runs, sweeps, baselines or databases", add_compare_verb},
    Verb{kLooking, "check", "decide the checks of the sweep file by the results", add_check_verb},
    Verb{kKeeping, "baseline", "save results under a name, to compare later ones with", add_baseline_verb},
    Verb{kKeeping, "export", "copy runs into another database", add_export_verb},
    Verb{kKeeping, "import", "import runs from another database, or from run directories", add_import_verb},
    Verb{kLooking, "history", "show a figure over the commits, and where it changed", add_history_verb},
    Verb{kKeeping, "tag", "mark runs with a word, or take it away; without a run, list the tags",
         add_tag_verb},
    Verb{kKeeping, "note", "write a text to a run, or show the one that it has", add_note_verb},
    Verb{kKeeping, "rm", "remove runs and their files, after asking", add_rm_verb},
    Verb{kKeeping, "gc", "remove leftover run directories and old logs, after asking", add_gc_verb},
    Verb{kLooking, "report", "render the tables of a sweep file, also as a page with charts",
         add_report_verb},
    Verb{kAround, "models", "list the models that can be trained, and the options of each", add_models_verb},
    Verb{kAround, "train", "run the built-in training program by itself; `train --help` lists its parameters",
         add_train_verb},
    Verb{kAround, "schema", "print the JSON schema of the sweep file, for editors", add_schema_verb},
    Verb{kLooking, "watch", "show the live state of running sweeps, from another terminal", add_watch_verb},
    Verb{kAround, "data", "fetch published data sets, or check your own", add_data_verb},
    Verb{kAround, "doctor", "say what this machine can measure and enforce, and how to get more",
         add_doctor_verb}};

/// For the build alone: writes the manual page and the completions.
constexpr Verb kDocumentation{kNowhere, "generate-documentation", "", add_documentation_verb};

void require_known_verb(std::string_view word) {
    if (word.starts_with('-') || word == kDocumentation.name) return;
    std::vector<std::string_view> names;
    for (const Verb& verb : kVerbs) names.emplace_back(verb.name);
    if (std::ranges::find(names, word) != names.end()) return;
    if (word == "test") {
        throw UsageError(
            "the tests are built and run by the bootstrap: `./tidemark test` in a checkout of the project");
    }
    throw UsageError(fmt::format("there is no command '{}'{}; the commands are {}", word,
                                 did_you_mean(word, names), fmt::join(names, ", ")));
}

const DeclaredVerb* find_verb(const std::vector<DeclaredVerb>& verbs, std::string_view name) {
    const auto found = std::ranges::find(verbs, name, &DeclaredVerb::name);
    return found == verbs.end() ? nullptr : &*found;
}

/// As the user called it, and the way to what there is.
std::string told(const CLI::ParseError& error, const std::vector<std::string>& words,
                 const DeclaredVerb* verb) {
    std::string problem = error.what();
    if (verb != nullptr) {
        if (const auto unknown = unknown_option(words, *verb)) problem = *unknown;
    }
    const std::string command = terminal::own_command(words.front());
    return fmt::format("{}; `{}{} --help` lists what there is", problem, command,
                       verb == nullptr ? std::string() : " " + verb->name);
}

ExitCode execute(int argc, char** argv) {
    const std::vector<std::string> typed(argv, argv + argc);
    CLI::App app("Tidemark runs experiments in isolation and tells the truth about their memory.",
                 terminal::own_command(typed.empty() ? std::string() : typed.front()));
    app.set_version_flag("--version", fmt::format("tidemark {} ({}, {})", version(), commit(), compiler()));
    app.require_subcommand(1);
    std::map<const CLI::App*, Action> actions;
    std::vector<DeclaredVerb> declared_verbs;
    for (const Verb& verb : kVerbs) {
        CLI::App* own = app.add_subcommand(verb.name, verb.meaning)->group(verb.group);
        Options declared(*own);
        actions[own] = verb.add(declared);
        declared_verbs.push_back({verb.name, verb.meaning, declared.declared()});
    }
    CLI::App* documentation = app.add_subcommand(kDocumentation.name)->group(kDocumentation.group);
    Options hidden(*documentation);
    actions[documentation] = kDocumentation.add(hidden);
    if (argc < 2) {
        std::cerr << fitted_help(app.help(), STDERR_FILENO);
        return ExitCode::Usage;
    }
    std::vector<std::string> words = with_known_wishes(typed);
    require_known_verb(words[1]);
    const DeclaredVerb* verb = find_verb(declared_verbs, words[1]);
    if (verb != nullptr) words = without_mark(std::move(words), *verb);
    try {
        std::vector<const char*> pointers;
        for (const std::string& word : words) pointers.push_back(word.c_str());
        app.parse(static_cast<int>(pointers.size()), pointers.data());
    } catch (const CLI::Success& wish) {  // --help and --version
        write_output({}, [&](std::ostream& out) {
            std::ostringstream text;
            app.exit(wish, text, std::cerr);
            out << fitted_help(text.str(), STDOUT_FILENO);
        });
        return ExitCode::Success;
    } catch (const CLI::ParseError& error) {
        throw UsageError(told(error, words, verb));
    }
    const Context context{terminal::Installation::of_this_program(), typed, std::move(declared_verbs)};
    return actions.at(app.get_subcommands().front())(context);
}

/// Problems of a file begin with its name, as compilers write them, so that editors find the place.
int told(ExitCode code, const std::string& message) {
    if (code != ExitCode::Usage) std::cerr << "tidemark: ";
    std::cerr << message << '\n';
    return static_cast<int>(code);
}

std::string explain(const std::filesystem::filesystem_error& error) {
    const std::string why = error.code().message();
    if (!error.path1().empty()) return fmt::format("{}: {}", error.path1().string(), why);
    return fmt::format("the folder that this was started in cannot be used ({}); change into another one",
                       why);
}

int told_of_database(const sql::SqlError& error) {
    if (error.is_interrupted() && terminal::SignalInterruption::any())
        return told(ExitCode::Interrupted, "interrupted");
    const char* why = error.is_interrupted()
                          ? "a statement took too long; it is damaged, or too large for this "
                            "machine"
                      : error.is_busy() ? "another program holds it locked; end that program and run the "
                                          "same command again"
                                        : error.what();
    return told(ExitCode::CannotGoOn, fmt::format("the database: {}", why));
}

/// A file that is opened while 0, 1 or 2 is closed gets that number, and then what is meant for a person goes
/// into it.
void fill_standard_descriptors() {
    int descriptor = 0;
    do {
        descriptor = open("/dev/null", O_RDWR);
    } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0) close(descriptor);
}

}  // namespace

int run(int argc, char** argv) {
    fill_standard_descriptors();
    // a closed pipe is told by the write that fails, and must not end a sweep; children get the default back
    // from the warden
    std::signal(SIGPIPE, SIG_IGN);
    const terminal::VisibleStream visible(std::cerr);
    try {
        return static_cast<int>(execute(argc, argv));
    } catch (const Error& error) {
        return told(error.code(), error.what());
    } catch (const sql::SqlError& error) {
        return told_of_database(error);
    } catch (const std::filesystem::filesystem_error& error) {
        return told(ExitCode::CannotGoOn, explain(error));
    } catch (const std::bad_alloc&) {
        return told(ExitCode::CannotGoOn, "there is not enough memory to go on");
    } catch (const std::exception& error) {
        return told(ExitCode::CannotGoOn, fmt::format("unexpected: {}; please report this", error.what()));
    }
}

}  // namespace tidemark::cli
