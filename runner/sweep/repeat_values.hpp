#pragma once

#include "sql/expression.hpp"
#include "sweep/expansion/derivation.hpp"

namespace tidemark::sweep {

/// The values that are derived from the number of a repeat, of a sweep that was expanded without problems.
class RepeatValues {
  public:
    /// All arguments must outlive this.
    RepeatValues(const Definition& definition, const SweepParameters& columns, ValuePool& values)
        : problems_(definition.files), derivations_(definition, columns, engine_, values, problems_) {}

    /// The row with those of that repeat.
    Row of(int repeat, Row row, const Profile& profile) {
        if (derivations_.any_by_repeat()) derivations_.derive_for(repeat, row, profile);
        return row;
    }

  private:
    Problems problems_;
    sql::ExpressionEngine engine_;
    Derivations derivations_;
};

}  // namespace tidemark::sweep
