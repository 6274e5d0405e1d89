#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace tidemark {

/// A program that is asked something, and how long it is listened to.
struct ProgramCall {
    std::vector<std::string> words;                  ///< the program, searched on the PATH, and its arguments
    std::map<std::string, std::string> environment;  ///< all of it: nothing is inherited
    Seconds time_limit{10};                          ///< then it is killed, with all that it started
    std::size_t most_bytes = std::size_t{1} << 28;   ///< of stdout; one that says more is killed, too
};

/// What it answered.
struct ProgramOutput {
    std::string out;
    std::string err;      ///< the beginning of it
    int exit_code = -1;   ///< -1: it did not end by itself
    int start_error = 0;  ///< errno where it could not be started
    std::string problem;  ///< why there is no exit code; empty: there is one
};

/// Runs it without a shell, without a terminal and with nothing on stdin, in a process group of its own.
ProgramOutput output_of(const ProgramCall& call);

}  // namespace tidemark
