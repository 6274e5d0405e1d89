#include <algorithm>
#include <array>
#include <iostream>

#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "sweep/file/grammar.hpp"

namespace tidemark::cli {
namespace {

struct DocumentationOptions {
    std::string kind;
};

using Verbs = std::vector<DeclaredVerb>;

struct Document {
    std::string_view kind;
    void (*write)(const Verbs&, std::ostream&);
};

constexpr std::array kDocuments{
    Document{"man", write_manual_page},
    Document{"man-sweep", [](const Verbs&, std::ostream& out) { write_sweep_manual_page(out); }},
    Document{"man-results", [](const Verbs&, std::ostream& out) { write_results_manual_page(out); }},
    Document{"bash", write_bash_completion},
    Document{"zsh", write_zsh_completion},
    Document{"fish", write_fish_completion},
    Document{"schema", [](const Verbs&, std::ostream& out) { out << sweep::sweep_file_schema(); }},
    Document{"commands", write_commands_page},
    Document{"sweep-keys", [](const Verbs&, std::ostream& out) { write_sweep_keys_page(out); }},
    Document{"result-columns", [](const Verbs&, std::ostream& out) { write_result_columns_page(out); }}};

}  // namespace

/// Not for users: the build calls it, and installs what it writes.
Action add_documentation_verb(Options& declared) {
    auto options = std::make_shared<DocumentationOptions>();
    std::vector<std::string> kinds;
    for (const Document& document : kDocuments) kinds.emplace_back(document.kind);
    declared.required_choice(
        "KIND", options->kind, kinds,
        "a manual page, the completion of a shell, the schema of sweep files, or a page of docs");
    return [options](const Context& context) {
        const auto* asked = std::ranges::find(kDocuments, options->kind, &Document::kind);
        write_output({}, [&](std::ostream& out) { asked->write(context.verbs, out); });
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
