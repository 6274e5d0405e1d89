#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidemark::report {

/// The languages of a report.
enum class Language { English, Chinese };

/// The names of --lang: `en`, `zh`.
const std::vector<std::string>& language_names();
Language language_from_name(std::string_view name);  ///< the name must be one of language_names()

/// One of the texts that a report has of its own. They are listed in language.cpp, each with its Chinese.
/// What is not among them stays as it is: names, and what a program said.
std::string translated(std::string_view english, Language language);

}  // namespace tidemark::report
