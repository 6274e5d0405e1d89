#pragma once

#include <deque>
#include <string>
#include <vector>

#include "sweep/expansion/matrix_cells.hpp"

namespace tidemark::sweep {

/// `each`: the variants of every cell.
class Variants {
  public:
    /// What they give is kept in `values`. All arguments must outlive this.
    Variants(const Definition& definition, const SweepParameters& columns, ValuePool& values)
        : definition_(definition) {
        for (const NamedRun& variant : definition.each) {
            std::vector<Explicit>& own = values_.emplace_back();
            for (const GivenParameter& parameter : variant.parameters) {
                const std::string& key = keys_.emplace_back("each." + variant.name + "." + parameter.name);
                own.push_back(
                    {*columns.find(parameter.name), &parameter.value, kept(values, parameter.value), &key});
            }
        }
    }

    /// Calls `use` with what is explicit in each variant of the cell, and with the variant.
    template <typename Use>
    void for_each(const Given& cell, Use use) const {
        for (std::size_t i = 0; i < values_.size(); ++i) {
            const NamedRun& variant = definition_.each[i];
            Given run{variant.name + "," + cell.name, cell.values, cell.is_explicit};
            for (const Explicit& value : values_[i]) {
                run.values.push_back(value);
                run.is_explicit[value.column] = true;
            }
            use(run, variant);
        }
    }

  private:
    const Definition& definition_;
    std::deque<std::string> keys_;
    std::vector<std::vector<Explicit>> values_;  ///< of each variant
};

}  // namespace tidemark::sweep
