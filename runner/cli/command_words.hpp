#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/documentation.hpp"

namespace tidemark::cli {

/// `help` as `--help`, `help VERB` as `VERB --help`, `version` as `--version`: what people type first.
std::vector<std::string> with_known_wishes(std::vector<std::string> words);

/// Without the `--` before the command of another program that the verb takes, because CLI11 would give what
/// stands behind it to no verb. Throws UsageError where a word before that command is no option of the verb:
/// it would be taken for the command. `words` begins with the program and the verb.
std::vector<std::string> without_mark(std::vector<std::string> words, const DeclaredVerb& verb);

/// What is said of the first word that looks like an option and is none of the verb, with the nearest one;
/// nothing where there is no such word.
std::optional<std::string> unknown_option(const std::vector<std::string>& words, const DeclaredVerb& verb);

}  // namespace tidemark::cli
