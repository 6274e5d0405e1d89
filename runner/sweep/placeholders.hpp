#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::sweep {

/// A text with placeholders `{name}`; `{{` and `}}` are braces. What is inserted is not scanned again.
class Template {
  public:
    /// `problem` gets what is wrong with the text ("a '{' is not closed…"); then the text stands for itself.
    explicit Template(std::string_view text, std::string* problem = nullptr);

    const std::vector<std::string>& names() const { return names_; }
    bool has_placeholders() const { return !names_.empty(); }

    std::string fill(const std::function<std::string(std::string_view name)>& value_of) const;

  private:
    struct Part {
        std::string text;
        bool is_name = false;
    };
    std::vector<Part> parts_;
    std::vector<std::string> names_;
};

}  // namespace tidemark::sweep
