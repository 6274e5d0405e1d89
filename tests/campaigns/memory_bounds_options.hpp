#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tidemark::test {

struct CampaignOptions {
    int programs = 2000;
    std::uint64_t first_seed = 1;
    std::vector<std::string> methods{"cgroup", "exit-stop", "sampled", "wait4", "auto"};
    int steps = 0;         ///< 0: as many as each seed says
    int truths = 2;        ///< how often each program is counted
    bool as_user = false;  ///< the runs are those of a user without rights
    bool busy = false;     ///< with other programs that take all CPUs
    bool maps_once = false;
    bool keep_going = false;
    bool tells_samples = false;  ///< of wrong bounds that rest on samples, too
    bool shrinks = true;
};

/// Writes how it is used to stderr and returns nothing, where the words are not understood or ask for it.
std::optional<CampaignOptions> read_options(int count, char** words);

}  // namespace tidemark::test
