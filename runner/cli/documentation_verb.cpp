#include <iostream>

#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "sweep/file/grammar.hpp"

namespace tidemark::cli {
namespace {

struct DocumentationOptions {
    std::string kind;
};

}  // namespace

/// Not for users: the build calls it, and installs what it writes.
Action add_documentation_verb(Options& declared) {
    auto options = std::make_shared<DocumentationOptions>();
    declared.required_choice("KIND", options->kind, {"man", "bash", "zsh", "fish", "schema"},
                             "the manual page, the completion of a shell, or the schema of sweep files");
    return [options](const Context& context) {
        write_output({}, [&](std::ostream& out) {
            if (options->kind == "man") write_manual_page(context.verbs, out);
            if (options->kind == "bash") write_bash_completion(context.verbs, out);
            if (options->kind == "zsh") write_zsh_completion(context.verbs, out);
            if (options->kind == "fish") write_fish_completion(context.verbs, out);
            if (options->kind == "schema") out << sweep::sweep_file_schema();
        });
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
