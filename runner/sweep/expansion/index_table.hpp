#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tidemark::sweep {

/// Finds which of many things, kept elsewhere in a list, equals another: their indices by their hashes, in a
/// table with open addressing, which takes 8 to 24 bytes a thing.
class IndexTable {
  public:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    /// The index of the thing with that hash for which `equals(index)` holds; kNone where there is none.
    template <typename Equals>
    std::uint32_t find(std::uint64_t hash, Equals equals) const {
        return slots_.empty() ? kNone : slots_[place_of(shortened(hash), equals)].index;
    }

    /// The same; where there is none, `next` is remembered as the index of the new one, and returned.
    template <typename Equals>
    std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next, Equals equals) {
        if (slots_.size() * 2 <= count_ * 3) grow();
        Slot& slot = slots_[place_of(shortened(hash), equals)];
        if (slot.index == kNone) {
            slot = {shortened(hash), next};
            ++count_;
        }
        return slot.index;
    }

    /// Gives the memory back.
    void clear() {
        slots_ = {};
        count_ = 0;
    }

  private:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t index = kNone;  ///< the slot is free
    };

    static std::uint32_t shortened(std::uint64_t hash) {
        return static_cast<std::uint32_t>(hash ^ (hash >> 32));
    }
    std::size_t mask() const { return slots_.size() - 1; }

    /// The slot of the thing, or the free one where it belongs.
    template <typename Equals>
    std::size_t place_of(std::uint32_t hash, Equals equals) const {
        std::size_t at = hash & mask();
        while (slots_[at].index != kNone && (slots_[at].hash != hash || !equals(slots_[at].index)))
            at = (at + 1) & mask();
        return at;
    }

    void grow() {
        constexpr std::size_t kFirstSize = 16;
        const std::vector<Slot> before = std::move(slots_);
        slots_.assign(before.empty() ? kFirstSize : before.size() * 2, Slot{});
        for (const Slot& slot : before) {
            if (slot.index == kNone) continue;
            std::size_t at = slot.hash & mask();
            while (slots_[at].index != kNone) at = (at + 1) & mask();
            slots_[at] = slot;
        }
    }

    std::vector<Slot> slots_;  ///< their number is a power of two
    std::size_t count_ = 0;
};

}  // namespace tidemark::sweep
