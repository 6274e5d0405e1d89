#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tables/checks.hpp"

namespace tidemark::cli {

/// What the checks found as a comment for a pull request, in GitHub's Markdown: what did not pass first, what
/// did folded away. Its first line is the same whenever the sweep is checked, so that a later comment can
/// take the place of an earlier one.
void write_comment(const sweep::Sweep& sweep, const std::vector<tables::CheckResult>& results,
                   const std::vector<std::string>& notes, std::ostream& out);

}  // namespace tidemark::cli
