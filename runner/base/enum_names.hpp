#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tidemark {

/// The names under which an enumeration is written to JSON.
template <typename Enum, std::size_t Size>
using EnumNames = std::array<std::pair<Enum, std::string_view>, Size>;

template <typename Enum, std::size_t Size>
std::string_view name_of(const EnumNames<Enum, Size>& names, Enum wanted) {
    return std::ranges::find(names, wanted, &std::pair<Enum, std::string_view>::first)->second;
}

template <typename Enum, std::size_t Size>
Enum enum_of(const EnumNames<Enum, Size>& names, std::string_view wanted) {
    const auto found = std::ranges::find(names, wanted, &std::pair<Enum, std::string_view>::second);
    if (found == names.end()) throw std::invalid_argument("unknown name '" + std::string(wanted) + "'");
    return found->first;
}

}  // namespace tidemark
