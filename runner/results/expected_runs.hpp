#pragma once

#include <map>
#include <string>
#include <vector>

#include "protocol/request.hpp"
#include "run/observation.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::results {

/// Whose results count for a run of the sweep file.
enum class Program {
    Present,  ///< those of the program and the input as they are now, by the run's key
    Any       ///< the newest ones with these parameters, whatever program made them
};

/// A run as the sweep file has it now, made or not.
struct ExpectedRun {
    std::string run;
    std::string cell;
    std::string key;  ///< empty with Program::Any
    protocol::Parameters parameters;
    /// With Program::Any: the parameters that have their default. They need not be stored: the program of
    /// then may not have had them.
    std::vector<std::string> defaults{};
    /// What commands are told of parameters, where it is not to_text of their values.
    std::map<std::string, std::string> told{};
    std::string measured_key{};  ///< ResolvedRun::measured_key; empty with Program::Any
    int repeats = 1;             ///< that are wanted
    int most_repeats = 1;        ///< that count where they were made; not fewer than `repeats`
};

/// What a sweep file asks for.
struct Expectation {
    std::string sweep;
    std::vector<ExpectedRun> runs;
    std::vector<std::string> metrics{};  ///< that its programs say they will report
    Program program = Program::Present;
    std::vector<std::string> by_repeat{};  ///< parameters that are another in each repeat
    run::Observing observing{};            ///< where what they read must be as it was
};

/// Where what the sweep's runs read is observed.
run::Observing observing_of(const sweep::Sweep& sweep);

/// Throws UsageError where a program or an input is missing, as Sweep::key does.
Expectation expectation_of(const sweep::Sweep& sweep, Program program);

}  // namespace tidemark::results
