#include "results/told_texts.hpp"

#include <set>

namespace tidemark::results {

ToldTexts::ToldTexts(const std::vector<ExpectedRun>& runs) {
    std::set<std::string, std::less<>> names;
    for (const ExpectedRun& run : runs) {
        for (const auto& [name, text] : run.told) names.insert(name);
    }
    if (names.empty()) return;
    for (const ExpectedRun& run : runs) {
        for (const auto& [name, value] : run.parameters) {
            const auto number = number_of(value);
            if (!number || !names.contains(name)) continue;
            const auto own = run.told.find(name);
            const std::string text = own == run.told.end() ? std::string() : own->second;
            if (!text.empty()) of_runs_[run.run][name].emplace(*number, text);
            const auto [known, is_new] = of_all_[name].try_emplace(*number, text);
            if (!is_new && known->second != text) known->second.clear();
        }
    }
}

std::string ToldTexts::of(std::string_view run, std::string_view parameter, const Value& value) const {
    const auto texts = of_all_.find(parameter);
    const auto number = number_of(value);
    if (texts == of_all_.end() || !number) return {};
    const auto text_in = [&](const Texts& known) {
        const auto text = known.find(*number);
        return text == known.end() ? std::string() : text->second;
    };
    if (run.empty()) return text_in(texts->second);
    const auto own = of_runs_.find(run);
    if (own == of_runs_.end()) return {};
    const auto of_run = own->second.find(std::string(parameter));
    return of_run == own->second.end() ? std::string() : text_in(of_run->second);
}

}  // namespace tidemark::results
