#include "cli/options.hpp"

#include <CLI/CLI.hpp>

namespace tidemark::cli {

using Kind = DeclaredOption::Kind;

void Options::note(Kind kind, const std::string& name, const std::string& meaning,
                   const std::vector<std::string>& choices) {
    declared_.push_back({kind, name, meaning, choices});
}

void Options::required(const std::string& name, std::string& variable, const std::string& meaning) {
    app_.add_option(name, variable, meaning)->required();
    note(Kind::Argument, name, meaning);
}

void Options::required_choice(const std::string& name, std::string& variable,
                              const std::vector<std::string>& choices, const std::string& meaning) {
    app_.add_option(name, variable, meaning)->required()->check(CLI::IsMember(choices));
    note(Kind::Argument, name, meaning, choices);
}

void Options::text(const std::string& name, std::string& variable, const std::string& meaning) {
    app_.add_option(name, variable, meaning);
    note(name.starts_with('-') ? Kind::Value : Kind::OptionalArgument, name, meaning);
}

void Options::choice(const std::string& name, std::string& variable, const std::vector<std::string>& choices,
                     const std::string& meaning) {
    app_.add_option(name, variable, meaning)->check(CLI::IsMember(choices));
    note(Kind::Value, name, meaning, choices);
}

void Options::number(const std::string& name, int& variable, int smallest, int largest,
                     const std::string& meaning) {
    app_.add_option(name, variable, meaning)->check(CLI::Range(smallest, largest));
    note(Kind::Value, name, meaning);
}

void Options::flag(const std::string& name, bool& variable, const std::string& meaning) {
    app_.add_flag(name, variable, meaning);
    note(Kind::Flag, name, meaning);
}

void Options::repeated(const std::string& name, std::vector<std::string>& variable,
                       const std::string& meaning) {
    app_.add_option(name, variable, meaning)->allow_extra_args(false);
    note(Kind::RepeatedValue, name, meaning);
}

}  // namespace tidemark::cli
