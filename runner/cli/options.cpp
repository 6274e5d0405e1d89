#include "cli/options.hpp"

#include <CLI/CLI.hpp>

namespace tidemark::cli {

void Options::required(const std::string& name, std::string& variable, const std::string& meaning) {
    app_.add_option(name, variable, meaning)->required();
}

void Options::required_choice(const std::string& name, std::string& variable,
                              const std::vector<std::string>& choices, const std::string& meaning) {
    app_.add_option(name, variable, meaning)->required()->check(CLI::IsMember(choices));
}

void Options::text(const std::string& name, std::string& variable, const std::string& meaning) {
    app_.add_option(name, variable, meaning);
}

void Options::choice(const std::string& name, std::string& variable, const std::vector<std::string>& choices,
                     const std::string& meaning) {
    app_.add_option(name, variable, meaning)->check(CLI::IsMember(choices));
}

void Options::number(const std::string& name, int& variable, int smallest, int largest,
                     const std::string& meaning) {
    app_.add_option(name, variable, meaning)->check(CLI::Range(smallest, largest));
}

void Options::flag(const std::string& name, bool& variable, const std::string& meaning) {
    app_.add_flag(name, variable, meaning);
}

void Options::repeated(const std::string& name, std::vector<std::string>& variable,
                       const std::string& meaning) {
    app_.add_option(name, variable, meaning)->allow_extra_args(false);
}

}  // namespace tidemark::cli
