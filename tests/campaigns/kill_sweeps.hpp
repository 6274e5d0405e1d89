#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tidemark::test {

/// A sweep whose runs each tell `square`, which is n * n.
struct KillSweep {
    std::string name;
    std::vector<std::pair<std::string, std::string>> files;  ///< sweep.yaml and its programs
    std::vector<std::string> options;                        ///< of `tidemark run`
    int results = 0;                                         ///< runs times repeats
    int runners = 1;                                         ///< that make it at once
};

/// Nine kinds: plain, repeated, several at once, with steps around each run, with warm-ups, with files, under
/// limits, with processes that outlive their program, and several runners on one database.
std::vector<KillSweep> kill_sweeps();

}  // namespace tidemark::test
