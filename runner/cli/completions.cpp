#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/documentation.hpp"

namespace tidemark::cli {
namespace {

using Kind = DeclaredOption::Kind;

/// In single quotes, for all three shells.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char letter : text) out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return out + "'";
}

/// Within an _arguments specification of zsh, where brackets and colons have a meaning.
std::string zsh_text(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') out += '\\';
        out += letter;
    }
    return out;
}

std::string words(const std::vector<std::string>& list) {
    return fmt::format("{}", fmt::join(list, " "));
}

std::vector<std::string> names_of(const std::vector<DeclaredVerb>& verbs) {
    std::vector<std::string> names;
    for (const DeclaredVerb& verb : verbs) names.push_back(verb.name);
    return names;
}

std::vector<std::string> option_names(const DeclaredVerb& verb) {
    std::vector<std::string> names;
    for (const DeclaredOption& option : verb.options) {
        if (option.is_argument()) continue;
        names.push_back(option.name);
        if (!option.brief.empty()) names.push_back(option.brief);
    }
    names.emplace_back("--help");
    return names;
}

/// What bash offers for a value.
std::string bash_values(const DeclaredOption& option) {
    if (!option.choices.empty())
        return fmt::format("COMPREPLY=($(compgen -W {} -- \"$word\"))", quoted(words(option.choices)));
    return takes_file(option) ? "COMPREPLY=($(compgen -f -- \"$word\"))" : "COMPREPLY=()";
}

}  // namespace

bool takes_file(const DeclaredOption& option) {
    return option.name == "FILE" || option.name == "--db" || option.name == "--output";
}

void write_bash_completion(const std::vector<DeclaredVerb>& verbs, std::ostream& out) {
    out << "# bash completion for tidemark, generated from its options\n"
           "_tidemark() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
           "verb=${COMP_WORDS[1]}\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        << "        COMPREPLY=($(compgen -W " << quoted(words(names_of(verbs)) + " --help --version")
        << " -- \"$word\"))\n        return\n    fi\n    case $verb:$before in\n";
    for (const DeclaredVerb& verb : verbs) {
        for (const DeclaredOption& option : verb.options) {
            if (option.is_argument() || option.kind == Kind::Flag) continue;
            const std::string brief =
                option.brief.empty() ? std::string() : fmt::format("|{}:{}", verb.name, option.brief);
            out << "        " << verb.name << ':' << option.name << brief << ") " << bash_values(option)
                << "; return ;;\n";
        }
    }
    out << "    esac\n    case $verb in\n";
    for (const DeclaredVerb& verb : verbs) {
        const auto argument = std::ranges::find_if(verb.options, &DeclaredOption::is_argument);
        out << "        " << verb.name << ") case $word in -*) COMPREPLY=($(compgen -W "
            << quoted(words(option_names(verb))) << " -- \"$word\")) ;; *) "
            << (argument == verb.options.end() ? std::string("COMPREPLY=()") : bash_values(*argument))
            << " ;; esac ;;\n";
    }
    out << "    esac\n}\ncomplete -o filenames -F _tidemark tidemark ./tidemark\n";
}

void write_zsh_completion(const std::vector<DeclaredVerb>& verbs, std::ostream& out) {
    out << "#compdef tidemark\n# zsh completion for tidemark, generated from its options\n"
           "_tidemark() {\n    local -a verbs\n    verbs=(\n";
    for (const DeclaredVerb& verb : verbs)
        out << "        " << quoted(verb.name + ":" + verb.meaning) << '\n';
    out << "    )\n    if (( CURRENT == 2 )); then\n        _describe command verbs\n        return\n    fi\n"
           "    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $verb in\n";
    for (const DeclaredVerb& verb : verbs) {
        out << "        " << verb.name << ") _arguments";
        std::size_t place = 0;
        for (const DeclaredOption& option : verb.options) {
            const std::string values = !option.choices.empty() ? "(" + words(option.choices) + ")"
                                       : takes_file(option)    ? "_files"
                                                               : "";
            const std::string meaning = zsh_text(option.meaning);
            std::string specification;
            if (option.kind == Kind::Arguments) {
                specification = fmt::format("*:{}:", zsh_text(option.name));
            } else if (option.is_rest()) {
                specification = fmt::format("*::{}:_normal", zsh_text(option.name));
            } else if (option.is_argument()) {
                const char* const colon = option.kind == Kind::OptionalArgument ? "::" : ":";
                specification = fmt::format("{}{}{}:{}", ++place, colon, zsh_text(option.name), values);
            } else if (option.kind == Kind::Flag) {
                specification = fmt::format("{}[{}]", option.name, meaning);
            } else {
                const char* const often = option.kind == Kind::RepeatedValue ? "*" : "";
                specification = fmt::format("{}{}[{}]:value:{}", often, option.name, meaning, values);
            }
            out << " \\\n            " << quoted(specification);
            if (option.brief.empty()) continue;
            specification.replace(specification.find(option.name), option.name.size(), option.brief);
            out << " \\\n            " << quoted(specification);
        }
        out << " ;;\n";
    }
    out << "    esac\n}\n_tidemark \"$@\"\n";
}

void write_fish_completion(const std::vector<DeclaredVerb>& verbs, std::ostream& out) {
    out << "# fish completion for tidemark, generated from its options\ncomplete -c tidemark -f\n";
    for (const DeclaredVerb& verb : verbs) {
        out << "complete -c tidemark -n __fish_use_subcommand -a " << verb.name << " -d "
            << quoted(verb.meaning) << '\n';
        const std::string seen = quoted("__fish_seen_subcommand_from " + verb.name);
        for (const DeclaredOption& option : verb.options) {
            std::string line = "complete -c tidemark -n " + seen;
            if (!option.brief.empty()) line += " -s " + option.brief.substr(1);
            if (!option.is_argument()) line += " -l " + option.name.substr(2);
            if (!option.is_argument() && option.kind != Kind::Flag)
                line += takes_file(option) ? " -r" : " -x";
            if (!option.choices.empty()) line += " -a " + quoted(words(option.choices));
            if (takes_file(option)) line += " -F";
            if (option.is_argument() && option.choices.empty() && !takes_file(option)) continue;
            out << line << " -d " << quoted(option.meaning) << '\n';
        }
    }
}

}  // namespace tidemark::cli
