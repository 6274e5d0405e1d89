#pragma once

#include <ostream>
#include <string>
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

/// Whether the option's value or the argument is a file.
bool takes_file(const DeclaredOption& option);

}  // namespace tidemark::cli
