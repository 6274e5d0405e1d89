#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sql/expression.hpp"
#include "sweep/expansion/derivation.hpp"
#include "sweep/expansion/remembered.hpp"
#include "sweep/expansion/row_expression.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// What a matrix cell or a named run gives a column, and its key for messages.
struct Explicit {
    std::size_t column;
    const GivenValue* given;
    const ParameterValue* value;  ///< the given one
    const std::string* key;
};

/// The value as the runs point to it.
inline const ParameterValue* kept(ValuePool& values, const GivenValue& given) {
    return values.keep(given.value, given.written, given.is_structure);
}

/// A run on its way: the values of all columns, and what is wrong with the explicit ones.
struct Draft {
    Row row;
    const Profile* profile = nullptr;
    /// An empty problem: the run's workload does not know the parameter.
    std::vector<std::pair<const Explicit*, std::string>> misfits;
};

enum class MayBeExcluded { Yes, No };

/// Finds all values of a run: defaults, `parameters`, what is derived, what is explicit, in rising
/// precedence.
class Resolver {
  public:
    /// Compiles `derive` and `exclude`; problems are added, and values that are found are kept in `values`.
    /// All arguments must outlive this.
    Resolver(const Definition& definition, const SweepParameters& columns, sql::ExpressionEngine& engine,
             ValuePool& values, Problems& problems);

    /// Fills the draft, which may be that of the cell before. False: the run is excluded, or there was a
    /// problem; what is wrong with a run that is excluded does not matter.
    bool resolve(Draft& draft, const std::vector<Explicit>& values, const std::vector<bool>& is_explicit,
                 const std::string& run, MayBeExcluded may_be_excluded);

    /// Whether `exclude` leaves the run out.
    bool is_excluded(Draft& draft, const std::vector<Explicit>& values, const std::vector<bool>& is_explicit,
                     const std::string& run);

  private:
    /// A value of the type that its parameter has in a workload, or why it cannot be.
    struct Fitted {
        const ParameterValue* value = nullptr;
        std::string problem{};
    };

    void collect_required();
    bool fill(Draft& draft, const std::vector<Explicit>& values, const std::string& run);
    void fit(Draft& draft, const Explicit& value);
    void explain_missing_workload(RowView row, const std::string& run);
    bool is_excluded(RowView row, const std::string& run);
    void report_misfits(const Draft& draft, const std::string& run);
    bool is_derivable_in_each_repeat(const Draft& draft, const std::string& run);
    bool has_all_required(RowView row, const std::string& run);

    const Definition& definition_;
    const SweepParameters& columns_;
    ValuePool& values_;
    Problems& problems_;
    Derivations derivations_;
    std::vector<std::pair<RowExpression, const GivenExpression*>> excludes_;
    Remembered<Fitted> fitted_;  ///< by profile, column and value
    /// The columns that the command, its environment and its places cannot do without.
    std::vector<std::pair<std::size_t, const GivenTemplate*>> required_;
};

}  // namespace tidemark::sweep
