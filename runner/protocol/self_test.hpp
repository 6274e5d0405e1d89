#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tidemark::protocol {

/// What an examination found, in rising order of what it means for the runs.
enum class Health { Good, Note, Bad };

/// One line of `tidemark doctor`.
struct HealthFinding {
    std::string check;  ///< what was looked at
    Health health = Health::Good;
    std::string found;
    std::string advice{};  ///< what to do; empty: nothing
};

/// What a workload whose description says `self_test` answers to `--self-test`: how well it can work on this
/// machine, by its own lights.
std::string to_json_text(const std::vector<HealthFinding>& findings);

/// Nothing where the text is no such answer.
std::optional<std::vector<HealthFinding>> findings_from_json_text(const std::string& text);

}  // namespace tidemark::protocol
