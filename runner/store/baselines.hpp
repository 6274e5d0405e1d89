#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/connection.hpp"
#include "store/database.hpp"

namespace tidemark::store {

/// What `tidemark baseline list` tells.
struct BaselineSummary {
    std::string name;
    std::string sweep;
    std::string saved_at;  ///< UTC, ISO 8601
    std::int64_t runs = 0;
};
std::vector<BaselineSummary> baselines(sql::Connection& connection);

/// What was saved, and what was passed over because it had not ended ok.
struct SavedBaseline {
    std::int64_t runs = 0;
    std::int64_t left_out = 0;
    bool replaced = false;  ///< there was a baseline of that name for one of the sweeps
};

/// Remembers the latest ok attempts of the sweep, or of all sweeps, under the name; those that it named for
/// them before are forgotten. The runs themselves stay where they are.
SavedBaseline save_baseline(Database& database, const std::string& name,
                            const std::optional<std::string>& sweep);

/// Forgets the name; false where there is no such baseline.
bool drop_baseline(Database& database, const std::string& name);

bool has_baseline(sql::Connection& connection, const std::string& name);

/// One figure of a repeat that belongs to a baseline.
struct BaselineValue {
    std::string run_id;
    std::string run;
    int repeat = 1;
    std::optional<double> value;       ///< none: not measured
    std::string missing{};             ///< why there is none, where that is known
    std::optional<double> peak_low{};  ///< bounds of its peak memory
    std::optional<double> peak_high{};
};

/// The figures that the baseline has for runs of the sweep; `expression` is SQL over `attempts`, and `column`
/// the one of which it says why it is missing.
std::vector<BaselineValue> baseline_values(sql::Connection& connection, const std::string& name,
                                           const std::string& sweep, const std::string& expression,
                                           const std::string& column = {});

}  // namespace tidemark::store
