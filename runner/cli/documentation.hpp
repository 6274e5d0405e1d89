#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.hpp"

namespace tidemark::cli {

/// A verb with its options, as it was declared.
struct DeclaredVerb {
    std::string name;
    std::string meaning;
    std::vector<DeclaredOption> options;
};

// What is generated from the declarations, one file each:
void write_manual_page(const std::vector<DeclaredVerb>& verbs, std::ostream& out);      ///< man(7), section 1
void write_bash_completion(const std::vector<DeclaredVerb>& verbs, std::ostream& out);  ///< needs no package
void write_zsh_completion(const std::vector<DeclaredVerb>& verbs, std::ostream& out);
void write_fish_completion(const std::vector<DeclaredVerb>& verbs, std::ostream& out);

// Pages of docs/, in Markdown, and manual pages of section 5: from the declarations, the grammar of the sweep
// file, and the columns of the results.
void write_commands_page(const std::vector<DeclaredVerb>& verbs, std::ostream& out);
void write_sweep_keys_page(std::ostream& out);
void write_result_columns_page(std::ostream& out);
void write_sweep_manual_page(std::ostream& out);
void write_results_manual_page(std::ostream& out);

/// Text as roff takes it: no hyphen that becomes another character, no line that begins a request.
std::string in_roff(std::string_view text);

/// Whether the option's value or the argument is a file.
bool takes_file(const DeclaredOption& option);

}  // namespace tidemark::cli
