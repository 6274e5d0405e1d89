#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/workspace.hpp"
#include "sweep/inherited_variables.hpp"
#include "sweep/sweep.hpp"
#include "unit/sweep/example_workloads.hpp"

namespace tidemark::sweep {

/// Sweep files in a folder of their own, loaded against the example workloads.
class SweepFile : public testing::Test {
  protected:
    /// What the caller of the tests inherits is part of keys.
    SweepFile() {
        const InheritedVariables inherited;
        for (const auto& [name, value] : inherited.known()) unsetenv(name.c_str());
    }
    Sweep load(const std::string& text, LoadOptions options = {}) {
        folder.write("sweeps/s.yaml", text);
        if (options.caller_directory.empty()) options.caller_directory = folder.path() / "caller";
        return Sweep::load(folder / "sweeps/s.yaml", workloads, options);
    }
    static std::vector<std::string> names(const Sweep& sweep) {
        std::vector<std::string> out;
        for (const RunSpec& run : sweep.runs()) out.push_back(run.run);
        return out;
    }
    static const RunSpec& run_called(const Sweep& sweep, const std::string& name) {
        return *std::ranges::find(sweep.runs(), name, &RunSpec::run);
    }
    static std::string value(const Sweep& sweep, const std::string& run, const std::string& parameter) {
        for (const auto& [name, own] : sweep.parameters(run_called(sweep, run))) {
            if (name == parameter) return to_text(own);
        }
        return "none";
    }
    static std::string cell(const Sweep& sweep, std::size_t run = 0) {
        return to_text(sweep.runs()[run].cell);
    }
    static std::string key(const Sweep& sweep, std::size_t run = 0) {
        return to_text(sweep.key(sweep.runs()[run]));
    }

    /// The message of a file that is refused, named as `s.yaml`.
    std::string refusal(const std::string& text, const LoadOptions& options = {}) {
        try {
            load(text, options);
            return "no error at all";
        } catch (const UsageError& error) {
            std::string message = error.what();
            const std::string file = (folder / "sweeps/s.yaml").string();
            for (std::size_t at = 0; (at = message.find(file, at)) != std::string::npos;)
                message.replace(at, file.size(), "s.yaml");
            return message;
        }
    }

    test::Workspace folder;
    WorkloadCatalogue workloads = example_workloads();
};

}  // namespace tidemark::sweep
