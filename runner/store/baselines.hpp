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
    std::string saved_at;    ///< UTC, ISO 8601
    std::int64_t runs = 0;   ///< as it was saved last
    std::int64_t saves = 1;  ///< that are remembered
};
std::vector<BaselineSummary> baselines(sql::Connection& connection);

/// What was saved, and what was passed over because it had not ended ok.
struct SavedBaseline {
    std::int64_t runs = 0;
    std::int64_t left_out = 0;
    bool replaced = false;  ///< there was a baseline of that name for one of the sweeps
};

/// Remembers the latest ok attempts of the sweep, or of all sweeps, under the name, and of what it named for
/// them before as many saves as make `keep` together. The runs themselves stay where they are.
SavedBaseline save_baseline(Database& database, const std::string& name,
                            const std::optional<std::string>& sweep, int keep = 1);

/// Forgets the name; false where there is no such baseline.
bool drop_baseline(Database& database, const std::string& name);

bool has_baseline(sql::Connection& connection, const std::string& name);

/// SQL for the ids of the attempts that the baseline has of the sweep, as a SELECT without parameters: of
/// each run those of its last `last` saves.
std::string attempts_of_baseline(sql::Connection& connection, const std::string& name,
                                 const std::string& sweep, int last = 1);

/// One figure of a repeat that belongs to a baseline.
struct BaselineValue {
    std::string run_id;
    std::string run;
    int repeat = 1;
    std::optional<double> value;       ///< none: not measured
    std::string missing{};             ///< why there is none, where that is known
    std::optional<double> peak_low{};  ///< bounds of its peak memory
    std::optional<double> peak_high{};
    std::string saved_at{};  ///< UTC, ISO 8601: the save that it belongs to
};

/// The figures that the baseline has for runs of the sweep; `expression` is SQL over `attempts`, and `column`
/// the one of which it says why it is missing. Of each run those of its last `last` saves.
std::vector<BaselineValue> baseline_values(sql::Connection& connection, const std::string& name,
                                           const std::string& sweep, const std::string& expression,
                                           const std::string& column = {}, int last = 1);

}  // namespace tidemark::store
