#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/random_programs.hpp"

namespace tidemark::test {

/// What was found of one method.
struct MethodTally {
    int programs = 0;
    int proven = 0;  ///< whose bounds rest on the kernel's own marks
    int proven_low_wrong = 0;
    int proven_high_wrong = 0;
    int sampled_low_wrong = 0;
    int sampled_high_wrong = 0;
    int no_high = 0;
    int not_ok = 0;
    std::vector<double> widths;  ///< of bounds that are right, as parts of the truth

    void add(const Said& said, const Truth& truth);
    int wrong_and_proven() const { return proven_low_wrong + proven_high_wrong; }
};

/// By method, as a table.
std::string table_of(const std::map<std::string, MethodTally>& tallies);

}  // namespace tidemark::test
