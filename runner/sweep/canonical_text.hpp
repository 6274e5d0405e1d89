#pragma once

#include <string>
#include <string_view>

#include "base/value.hpp"

namespace tidemark::sweep {

/// A text that no other sequence of parts has: each part with its length in bytes before it. It is what
/// digests are made of, so it must stay as it is.
class CanonicalText {
  public:
    /// A part: `abc` becomes `3:abc`.
    CanonicalText& add(std::string_view part);
    /// A named value with its type, as canonical_value writes it: 1 is not 1.0, nor '1'.
    CanonicalText& add(std::string_view name, const Value& value);
    /// The length of a part whose pieces are appended next.
    CanonicalText& begin_part(std::size_t length);
    /// Such a piece, or parts that were made canonical before.
    CanonicalText& append(std::string_view text);

    /// Takes all parts away, and keeps the memory for others.
    void clear() { text_.clear(); }
    /// All parts so far.
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

/// A value with its type: `i3:128`, `r5:0.001`, `s4:true`, `n4:null`.
std::string canonical_value(const Value& value);

}  // namespace tidemark::sweep
