#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"
#include "results/expected_runs.hpp"

namespace tidemark::results {

/// What commands are told of the values of parameters, for whoever shows them: `3.10`, where the number
/// is 3.1.
class ToldTexts {
  public:
    explicit ToldTexts(const std::vector<ExpectedRun>& runs);

    /// Of the run; where it has no name, of all runs with this value, if they were told the same. Empty: what
    /// to_text makes of the value.
    std::string of(std::string_view run, std::string_view parameter, const Value& value) const;

  private:
    using Texts = std::map<double, std::string>;
    std::map<std::string, std::map<std::string, Texts>, std::less<>> of_runs_;  ///< those that have any
    std::map<std::string, Texts, std::less<>> of_all_;  ///< empty where runs were told it in several ways
};

}  // namespace tidemark::results
