#include "cli/command_line.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <new>

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/build_info.hpp"
#include "base/suggestion.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "sql/connection.hpp"
#include "terminal/visible_stream.hpp"

namespace tidemark::cli {
namespace {

struct Verb {
    const char* name;
    const char* meaning;
    Action (*add)(Options&);
};

constexpr std::array kVerbs{
    Verb{"run", "make the runs of a sweep file that are not done yet, and compare them", add_run_verb},
    Verb{"list", "the sweeps in the database, or the runs of one", add_list_verb},
    Verb{"show", "everything about one run", add_show_verb},
    Verb{"query", "the rows of an SQL statement over the results", add_query_verb},
    Verb{"compare", "what differs and what changed between two runs, sweeps, baselines or databases",
         add_compare_verb},
    Verb{"check", "whether the results hold what the sweep file's checks require", add_check_verb},
    Verb{"baseline", "names for results that later ones are held against", add_baseline_verb},
    Verb{"export", "copies runs into another database", add_export_verb},
    Verb{"import", "takes runs over from another database", add_import_verb},
    Verb{"report", "the tables of a sweep file, from the results; as a page with charts, too",
         add_report_verb},
    Verb{"models", "the models that the workloads can train, and what shapes each", add_models_verb},
    Verb{"watch", "the live state of running sweeps, from another terminal", add_watch_verb},
    Verb{"data", "the published data sets: fetches one, or says what is here", add_data_verb},
    Verb{"doctor", "what this machine can measure and enforce, and how to get more", add_doctor_verb}};

/// For the build alone: writes the manual page and the completions.
constexpr Verb kDocumentation{"generate-documentation", "", add_documentation_verb};

void require_known_verb(int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') return;
    const std::string_view word = argv[1];
    if (word == kDocumentation.name) return;
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

ExitCode execute(int argc, char** argv) {
    CLI::App app("Tidemark runs experiments in isolation and tells the truth about their memory.");
    app.set_version_flag("--version", fmt::format("tidemark {} ({}, {})", version(), commit(), compiler()));
    app.require_subcommand(1);
    std::map<const CLI::App*, Action> actions;
    std::vector<DeclaredVerb> declared_verbs;
    for (const Verb& verb : kVerbs) {
        CLI::App* own = app.add_subcommand(verb.name, verb.meaning);
        Options declared(*own);
        actions[own] = verb.add(declared);
        declared_verbs.push_back({verb.name, verb.meaning, declared.declared()});
    }
    CLI::App* documentation = app.add_subcommand(kDocumentation.name)->group("");  // which hides it
    Options hidden(*documentation);
    actions[documentation] = kDocumentation.add(hidden);
    if (argc < 2) {
        std::cerr << app.help();
        return ExitCode::Usage;
    }
    require_known_verb(argc, argv);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wish) {  // --help and --version
        write_output({}, [&](std::ostream& out) { app.exit(wish, out, std::cerr); });
        return ExitCode::Success;
    } catch (const CLI::ParseError& error) {
        throw UsageError(
            fmt::format("{}; `{} --help` lists what there is", error.what(),
                        fmt::join(std::vector<std::string>(argv, argv + std::min(argc, 2)), " ")));
    }
    const Context context{terminal::Installation::of_this_program(),
                          std::vector<std::string>(argv, argv + argc), std::move(declared_verbs)};
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
        return told(ExitCode::CannotGoOn, fmt::format("the database: {}", error.what()));
    } catch (const std::filesystem::filesystem_error& error) {
        return told(ExitCode::CannotGoOn, explain(error));
    } catch (const std::bad_alloc&) {
        return told(ExitCode::CannotGoOn, "there is not enough memory to go on");
    } catch (const std::exception& error) {
        return told(ExitCode::CannotGoOn, fmt::format("unexpected: {}; please report this", error.what()));
    }
}

}  // namespace tidemark::cli
