#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tables/checks.hpp"

namespace tidemark::cli {

/// Writes what did not pass as annotations of the sweep file: an error what is broken, a warning what is
/// undecided
/// (https://docs.github.com/actions/writing-workflows/choosing-what-your-workflow-does/workflow-commands-for-github-actions).
void write_annotations(const sweep::Sweep& sweep, const std::vector<tables::CheckResult>& results,
                       std::ostream& out);

/// Where GitHub Actions runs us (GITHUB_ACTIONS), annotates on stderr; where there is a job summary
/// (GITHUB_STEP_SUMMARY), adds the table to it. Throws CannotGoOn where the summary cannot be written.
void tell_github_actions(const sweep::Sweep& sweep, const std::vector<tables::CheckResult>& results);

}  // namespace tidemark::cli
