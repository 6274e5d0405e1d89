#pragma once

#include <string>

namespace tidemark::cli {

/// Asks before something is lost: `yes` or `y` is yes. Where nobody can answer, throws UsageError with the
/// option that stands for the answer.
bool agrees(const std::string& question, const std::string& option);

}  // namespace tidemark::cli
