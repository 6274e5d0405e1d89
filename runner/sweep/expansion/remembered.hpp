#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sweep/expansion/index_table.hpp"

namespace tidemark::sweep {

/// Results by what they were computed from, which is given by pointers that stand for equal things where they
/// are equal. Most often there are few distinct ones in many cells.
template <typename Result>
class Remembered {
  public:
    using Key = std::vector<const void*>;

    /// The result for the key, which `compute` is asked for where it is not known. It is valid until the next
    /// call.
    template <typename Compute>
    const Result& get(const Key& key, Compute compute) {
        const auto next = static_cast<std::uint32_t>(entries_.size());
        if (next < kMost) {
            const std::uint32_t index = table_.find_or_add(
                hash(key), next, [&](std::uint32_t candidate) { return entries_[candidate].key == key; });
            if (index == next) entries_.push_back({key, compute()});
            return entries_[index].result;
        }
        const std::uint32_t index =
            table_.find(hash(key), [&](std::uint32_t candidate) { return entries_[candidate].key == key; });
        if (index != IndexTable::kNone) return entries_[index].result;
        unremembered_ = compute();
        return unremembered_;
    }

  private:
    /// More are computed each time.
    static constexpr std::uint32_t kMost = 1 << 14;
    struct Entry {
        Key key;
        Result result;
    };

    static std::uint64_t hash(const Key& key) {
        constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
        std::uint64_t hash = key.size();
        for (const void* part : key) {
            hash = (hash ^ reinterpret_cast<std::uintptr_t>(part)) * kOdd;
            hash ^= hash >> 32;
        }
        return hash;
    }

    std::deque<Entry> entries_;
    IndexTable table_;
    Result unremembered_{};
};

}  // namespace tidemark::sweep
