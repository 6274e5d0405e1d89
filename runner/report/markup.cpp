#include "report/markup.hpp"

#include "terminal/display_text.hpp"

namespace tidemark::report {

std::string escaped_for_markup(std::string_view text) {
    std::string out;
    for (const char letter : terminal::visible_lines(text)) {
        switch (letter) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += letter;
        }
    }
    return out;
}

}  // namespace tidemark::report
