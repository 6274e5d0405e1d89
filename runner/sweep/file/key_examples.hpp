#pragma once

#include <span>
#include <string_view>

namespace tidemark::sweep {

/// One key of the sweep file, as the reference tells it beside what the grammar knows. Both pieces stand in
/// a sweep file whose command is /bin/true, unless they bring one.
struct KeyExample {
    std::string_view path;      ///< `limits.memory`
    std::string_view standard;  ///< what holds where the key is absent
    std::string_view example;   ///< a piece of a sweep file that is read
    std::string_view mistake;   ///< one that is refused
};

/// Every key of the grammar, in any order.
std::span<const KeyExample> key_examples();

/// Null where nobody has written one.
const KeyExample* find_example(std::string_view path);

}  // namespace tidemark::sweep
