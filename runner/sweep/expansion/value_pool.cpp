#include "sweep/expansion/value_pool.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "sweep/canonical_text.hpp"

namespace tidemark::sweep {

const ParameterValue* ValuePool::keep(const Value& value, std::string_view written, bool is_structure) {
    std::string canonical = canonical_value(value);
    if (is_structure) canonical.front() = 'j';  // no text, though it looks like one
    const auto next = static_cast<std::uint32_t>(values_.size());
    const std::uint32_t index =
        index_.find_or_add(digest_of(canonical).low, next, [&](std::uint32_t candidate) {
            const ParameterValue& known = values_[candidate];
            return known.canonical == canonical && known.written == written;
        });
    if (index == next) values_.push_back({value, std::string(written), std::move(canonical), is_structure});
    return &values_[index];
}

RunValues ValuePool::keep(RowView values) {
    constexpr std::size_t kBlock = 1 << 14;
    if (values.size() > free_count_) {
        free_count_ = std::max(kBlock, values.size());
        blocks_.push_back(std::make_unique_for_overwrite<const ParameterValue*[]>(free_count_));
        free_ = blocks_.back().get();
    }
    const RowView kept(free_, values.size());
    free_ = std::ranges::copy(values, free_).out;
    free_count_ -= values.size();
    return RunValues(kept);
}

}  // namespace tidemark::sweep
