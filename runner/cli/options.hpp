#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tidemark::cli {

/// An option as it was declared, for what is generated from the declarations: the manual page and the
/// completions of shells.
struct DeclaredOption {
    enum class Kind { Argument, OptionalArgument, Arguments, Rest, Words, Value, RepeatedValue, Flag };
    Kind kind = Kind::Value;
    std::string name;  ///< `--db`; of an argument `FILE`
    std::string meaning;
    std::vector<std::string> choices;
    std::string brief{};  ///< `-o`; empty: it has no such name

    bool is_rest() const { return kind == Kind::Arguments || kind == Kind::Rest || kind == Kind::Words; }
    bool is_argument() const { return kind == Kind::Argument || kind == Kind::OptionalArgument || is_rest(); }
};

/// The options of one verb, declared by name. Each is bound to a variable, which must live until the command
/// line is read; what stands in it before is its default. An option may have a name of one letter, too:
/// `--output,-o`. CLI11 lies behind this, in one file, because it costs seconds of compile time in each.
class Options {
  public:
    explicit Options(CLI::App& app) : app_(app) {}

    /// An argument without a name that must be given: `FILE`.
    void required(const std::string& name, std::string& variable, const std::string& meaning);

    /// The same with a choice of values.
    void required_choice(const std::string& name, std::string& variable,
                         const std::vector<std::string>& choices, const std::string& meaning);

    /// An option, or (without dashes) an argument that may be left out.
    void text(const std::string& name, std::string& variable, const std::string& meaning);
    void choice(const std::string& name, std::string& variable, const std::vector<std::string>& choices,
                const std::string& meaning);
    void number(const std::string& name, int& variable, int smallest, int largest,
                const std::string& meaning);
    void flag(const std::string& name, bool& variable, const std::string& meaning);
    /// May be given several times, with one value each.
    void repeated(const std::string& name, std::vector<std::string>& variable, const std::string& meaning);

    /// Arguments without a name, as many as are given, before, between and behind options.
    void arguments(const std::string& name, std::vector<std::string>& variable, const std::string& meaning);

    /// All words from the first that is no option of the verb: a command with options of its own. `--` before
    /// it is left out.
    void rest(const std::string& name, std::vector<std::string>& variable, const std::string& meaning);

    /// All words there are, `--help` too: those of another program.
    void all(const std::string& name, std::vector<std::string>& variable, const std::string& meaning);

    const std::vector<DeclaredOption>& declared() const { return declared_; }

  private:
    void note(DeclaredOption::Kind kind, const std::string& name, const std::string& meaning,
              const std::vector<std::string>& choices = {});

    CLI::App& app_;
    std::vector<DeclaredOption> declared_;
};

}  // namespace tidemark::cli
