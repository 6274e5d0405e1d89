#pragma once

#include <string>
#include <vector>

#include "results/current_results.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {

/// A run that did not end well, as the notes of a table say it.
struct Failure {
    std::string text;        ///< `n=2: failed, exit code 1 (1 of 3 repeats)`
    std::string last_words;  ///< what the program said last; empty: nothing
};

/// Those of the sweep, in its order: the first ones, and how many more there are. Runs that were not made are
/// not among them.
struct Failures {
    std::vector<Failure> first;
    std::size_t more = 0;
};
Failures failures_of(const results::CurrentResults& results, const Texts& texts);

}  // namespace tidemark::tables
