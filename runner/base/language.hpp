#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidemark {

/// The languages of a report.
enum class Language { English, Chinese };

/// The names of --lang: `en`, `zh`.
const std::vector<std::string>& language_names();
Language language_from_name(std::string_view name);  ///< the name must be one of language_names()

/// A text in English and, where there is one, in Chinese.
struct LocalText {
    std::string english;
    std::string chinese;

    const std::string& in(Language language) const {
        return language == Language::Chinese ? chinese : english;
    }
};

}  // namespace tidemark
