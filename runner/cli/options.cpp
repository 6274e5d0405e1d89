#include "cli/options.hpp"

#include <CLI/CLI.hpp>

namespace tidemark::cli {

using Kind = DeclaredOption::Kind;

void Options::note(Kind kind, const std::string& name, const std::string& meaning,
                   const std::vector<std::string>& choices) {
    const std::size_t comma = name.find(',');
    const std::string brief = comma == std::string::npos ? std::string() : name.substr(comma + 1);
    declared_.push_back({kind, name.substr(0, comma), meaning, choices, brief});
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

void Options::arguments(const std::string& name, std::vector<std::string>& variable,
                        const std::string& meaning) {
    app_.add_option(name, variable, meaning);
    note(Kind::Arguments, name, meaning);
}

void Options::rest(const std::string& name, std::vector<std::string>& variable, const std::string& meaning) {
    app_.prefix_command();
    app_.final_callback([this_app = &app_, &variable] {
        variable = this_app->remaining();
        if (!variable.empty() && variable.front() == "--") variable.erase(variable.begin());
    });
    note(Kind::Rest, name, meaning);
}

void Options::all(const std::string& name, std::vector<std::string>& variable, const std::string& meaning) {
    app_.set_help_flag();
    app_.allow_extras();
    app_.final_callback([this_app = &app_, &variable] { variable = this_app->remaining(); });
    note(Kind::Words, name, meaning);
}

}  // namespace tidemark::cli
