#pragma once

#include <string>
#include <vector>

#include "support/workspace.hpp"

namespace tidemark::test {

/// System calls that do the same thing, such as mkdir and mkdirat.
struct CallGroup {
    const char* name;
    std::vector<int> numbers;
    std::vector<int> errors;  ///< each is tried
};
const std::vector<CallGroup>& call_groups();

struct Supervised {
    Finished finished;
    int calls = 0;            ///< of the group, by all processes of the tree
    bool has_failed = false;  ///< the one that should
    bool hung = false;        ///< it was killed after a minute
};

/// Runs a command in whose processes, static ones and children included, one call of the group fails, by
/// seccomp's user notification (seccomp_unotify(2)): this process is asked of each, and lets all others go
/// on.
Supervised run_with_failing_call(Workspace& folder, std::vector<std::string> command,
                                 const StartOptions& options, const CallGroup& group, int calls_before,
                                 int error);

/// What the campaign's own program does when it is started as the command's first part: installs the filter,
/// hands its listener over, and becomes the command. Nothing where it was not started so.
void become_supervised(int count, char** arguments);

}  // namespace tidemark::test
