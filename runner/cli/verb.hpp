#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/documentation.hpp"
#include "cli/options.hpp"
#include "terminal/installation.hpp"

namespace tidemark::cli {

/// What every verb may want to know of how it was called.
struct Context {
    terminal::Installation installation;
    std::vector<std::string> arguments;  ///< the whole command line, as typed
    std::vector<DeclaredVerb> verbs;     ///< all that there are for users
};

/// What a verb does once the command line is read.
using Action = std::function<ExitCode(const Context&)>;

// One function per verb, each in a file of its own: declares the verb's options and returns what it does.
Action add_run_verb(Options& declared);
Action add_fit_verb(Options& declared);
Action add_estimate_verb(Options& declared);
Action add_plan_verb(Options& declared);
Action add_list_verb(Options& declared);
Action add_show_verb(Options& declared);
Action add_query_verb(Options& declared);
Action add_compare_verb(Options& declared);
Action add_check_verb(Options& declared);
Action add_baseline_verb(Options& declared);
Action add_export_verb(Options& declared);
Action add_import_verb(Options& declared);
Action add_history_verb(Options& declared);
Action add_tag_verb(Options& declared);
Action add_note_verb(Options& declared);
Action add_rm_verb(Options& declared);
Action add_gc_verb(Options& declared);
Action add_report_verb(Options& declared);
Action add_models_verb(Options& declared);
Action add_train_verb(Options& declared);
Action add_measure_verb(Options& declared);
Action add_init_verb(Options& declared);
Action add_schema_verb(Options& declared);
Action add_watch_verb(Options& declared);
Action add_data_verb(Options& declared);
Action add_doctor_verb(Options& declared);
Action add_documentation_verb(Options& declared);

}  // namespace tidemark::cli
