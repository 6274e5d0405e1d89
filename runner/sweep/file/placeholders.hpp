#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::sweep {

/// How a placeholder shows its value.
enum class PlaceholderForm {
    Plain,  ///< `{name}`: its text
    Words,  ///< `{name...}`: a word of the command for each item of a list
    Json,   ///< `{name:json}`
    Joined  ///< `{name:,}`: the items of a list with that text between them
};

/// What stands between the braces.
struct Placeholder {
    std::string name;
    PlaceholderForm form = PlaceholderForm::Plain;
    std::string separator{};  ///< of Joined
};

Placeholder parse_placeholder(std::string_view text);

/// What replaces the placeholder with that text between its braces.
using ValueOf = std::function<std::string(std::string_view name)>;

/// A text with placeholders `{name}`; `{{` and `}}` are braces. What is inserted is not scanned again.
class Template {
  public:
    /// `problem` gets what is wrong with the text ("a '{' is not closed…"); then the text stands for itself.
    explicit Template(std::string_view text, std::string* problem = nullptr);

    /// A stretch of literal text, or a placeholder.
    struct Part {
        std::string text;
        bool is_name = false;
        Placeholder placeholder{};
    };
    /// In their order.
    const std::vector<Part>& parts() const { return parts_; }

    /// The parameters of the placeholders, each once.
    const std::vector<std::string>& names() const { return names_; }
    /// Whether there is one.
    bool has_placeholders() const { return !names_.empty(); }

    /// The text with all placeholders replaced.
    std::string fill(const ValueOf& value_of) const;

  private:
    std::vector<Part> parts_;
    std::vector<std::string> names_;
};

}  // namespace tidemark::sweep
