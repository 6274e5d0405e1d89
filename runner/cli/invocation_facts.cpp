#include "cli/invocation_facts.hpp"

#include <filesystem>

#include "base/identifier.hpp"
#include "cli/provenance.hpp"
#include "store/sweep_ledger.hpp"
#include "terminal/shell_words.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {

std::string command_line(const Context& context, const sweep::Sweep& sweep) {
    constexpr std::string_view kSet = "--set";
    std::string text = terminal::own_command(context.arguments.front());
    for (std::size_t i = 1; i < context.arguments.size(); ++i) {
        std::string word = context.arguments[i];
        const std::string joined = std::string(kSet) + "=";
        if (context.arguments[i - 1] == kSet)
            word = sweep.shown_set(word);
        else if (word.starts_with(joined))
            word = joined + sweep.shown_set(word.substr(joined.size()));
        text += ' ' + terminal::shell_word(word);
    }
    return text;
}

store::Invocation invocation_of(const Context& context, const sweep::Sweep& sweep, const std::string& file,
                                const sweep::LoadOptions& load, std::size_t planned) {
    store::Invocation out;
    out.invocation_id = new_identifier();
    out.sweep = sweep.name();
    out.description = sweep.description();
    out.file = std::filesystem::absolute(file).lexically_normal().string();
    out.command_line = command_line(context, sweep);
    out.working_directory = std::filesystem::current_path().string();
    out.planned = planned;
    out.provenance = provenance(sweep);
    const auto add_all = [&](std::string_view fact, const std::vector<std::string>& given) {
        for (const std::string& text : given) {
            const std::size_t equals = text.find('=');
            out.provenance.emplace_back(std::string(fact) + text.substr(0, equals), text.substr(equals + 1));
        }
    };
    std::vector<std::string> set;
    for (const std::string& given : load.set) set.push_back(sweep.shown_set(given));
    add_all(store::kSetFact, set);
    add_all(store::kLimitFact, load.limit);
    if (load.repeat) out.provenance.emplace_back(store::kRepeatFact, std::int64_t{*load.repeat});
    return out;
}

}  // namespace tidemark::cli
