#pragma once

#include <string>
#include <string_view>

#include "base/language.hpp"

namespace tidemark::report {

/// A word that reports have of their own: those of language.cpp, and headings of figures. What is neither
/// stays as it is: names, and what a program said.
std::string translated(std::string_view english, Language language);

}  // namespace tidemark::report
