#pragma once

#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"

namespace tidemark::sweep {

/// What a run has for a parameter. A sweep keeps equal ones once, and its runs point to them.
struct ParameterValue {
    Value value;
    /// As it stands in the sweep file or in --set, a quoted text without its quotes: `1e-3` where the value
    /// is 0.001. Empty where nobody wrote it: a default, a derived value.
    std::string written;
    std::string canonical;      ///< see canonical_value
    bool is_structure = false;  ///< a list or a map: the value is its JSON

    /// to_text of the value.
    std::string_view text() const { return std::string_view(canonical).substr(canonical.find(':') + 1); }
    /// What a command gets: a number and a truth as they were written. A text stands for itself; that of a
    /// path is whole.
    std::string_view told() const {
        return written.empty() || std::holds_alternative<std::string>(value) ? text() : written;
    }
};

/// A value for each column of a sweep, none of them a null pointer: what has no value points to one that
/// holds null.
using Row = std::vector<const ParameterValue*>;
using RowView = std::span<const ParameterValue* const>;

/// The values of one run that are not the same in all runs. They belong to the sweep, which must outlive
/// this.
class RunValues {
  public:
    RunValues() = default;
    explicit RunValues(RowView values) : values_(values) {}

    /// As many as Sweep::varying() has names.
    std::size_t size() const { return values_.size(); }
    /// The plain value; `index` must be less than size().
    const Value& operator[](std::size_t index) const { return values_[index]->value; }
    /// The value together with how it was written.
    const ParameterValue& entry(std::size_t index) const { return *values_[index]; }

    /// Over the plain values.
    class Iterator {
      public:
        using value_type = Value;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;
        using pointer = const Value*;
        using reference = const Value&;

        Iterator() = default;
        explicit Iterator(const ParameterValue* const* at) : at_(at) {}
        const Value& operator*() const { return (*at_)->value; }
        const Value* operator->() const { return &(*at_)->value; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) {
            const Iterator before = *this;
            ++at_;
            return before;
        }
        bool operator==(const Iterator&) const = default;

      private:
        const ParameterValue* const* at_ = nullptr;
    };
    Iterator begin() const { return Iterator(values_.data()); }
    Iterator end() const { return Iterator(values_.data() + values_.size()); }

  private:
    RowView values_;
};

}  // namespace tidemark::sweep
