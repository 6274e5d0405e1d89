#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "base/value.hpp"
#include "sweep/expansion/index_table.hpp"
#include "sweep/expansion/parameter_value.hpp"

namespace tidemark::sweep {

/// The values of a sweep's runs, each once, and the lists of them that runs have. What it returns stays where
/// it is as long as the pool lives.
class ValuePool {
  public:
    ValuePool() = default;
    ValuePool(const ValuePool&) = delete;
    ValuePool& operator=(const ValuePool&) = delete;

    /// The value that equals this one in type, text and how it was written.
    const ParameterValue* keep(const Value& value, std::string_view written = {}, bool is_structure = false);

    /// A copy of the list.
    RunValues keep(RowView values);

  private:
    std::deque<ParameterValue> values_;
    IndexTable index_;
    std::vector<std::unique_ptr<const ParameterValue*[]>> blocks_;
    const ParameterValue** free_ = nullptr;  ///< in the last block
    std::size_t free_count_ = 0;
};

}  // namespace tidemark::sweep
