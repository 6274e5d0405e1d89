#include "sql/sql_tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tidemark::sql {
namespace {

/// Words that have a meaning of their own within an expression and can therefore not be names in it.
constexpr std::array<std::string_view, 45> kKeywords{
    "AND",      "AS",      "BETWEEN",      "BLOB",         "CASE",
    "CAST",     "COLLATE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP",
    "DISTINCT", "ELSE",    "END",          "ESCAPE",       "EXISTS",
    "FALSE",    "FROM",    "GLOB",         "GROUP",        "HAVING",
    "IN",       "INTEGER", "IS",           "ISNULL",       "LIKE",
    "LIMIT",    "MATCH",   "NOCASE",       "NOT",          "NOTNULL",
    "NULL",     "NUMERIC", "ON",           "OR",           "ORDER",
    "BY",       "OVER",    "REAL",         "REGEXP",       "SELECT",
    "TEXT",     "THEN",    "TRUE",         "WHEN",         "WHERE"};

bool is_word(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return std::isalnum(code) != 0 || letter == '_' || letter == '$' || code >= 0x80;
}

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::vector<Token> scan() {
        while (skip_blanks(), at_ < text_.size()) tokens_.push_back(next());
        return std::move(tokens_);
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void skip_blanks() {
        while (at_ < text_.size()) {
            if (std::isspace(static_cast<unsigned char>(peek())) != 0) {
                ++at_;
            } else if (peek() == '-' && peek(1) == '-') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (peek() == '/' && peek(1) == '*') {
                const std::size_t end = text_.find("*/", at_ + 2);
                at_ = end == std::string_view::npos ? text_.size() : end + 2;
            } else {
                return;
            }
        }
    }

    Token taken(TokenKind kind, std::size_t length) {
        Token token{kind, std::string(text_.substr(at_, length)), at_, at_ + length};
        at_ += length;
        return token;
    }

    Token next() {
        switch (peek()) {
            case '(':
                return taken(TokenKind::Open, 1);
            case ')':
                return taken(TokenKind::Close, 1);
            case ',':
                return taken(TokenKind::Comma, 1);
            case '\'':
                return quoted(TokenKind::Text, '\'');
            case '"':
                return quoted(TokenKind::QuotedName, '"');
            case '`':
                return quoted(TokenKind::QuotedName, '`');
            default:
                break;
        }
        if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return number();
        if (is_word(peek())) return word();
        for (const std::string_view symbol : {"->>", "||", "->", "<<", ">>", "<=", ">=", "<>", "!=", "=="}) {
            if (text_.substr(at_).starts_with(symbol)) return taken(TokenKind::Operator, symbol.size());
        }
        return taken(std::string_view("+-*/%<>=&|~").find(peek()) == std::string_view::npos
                         ? TokenKind::Other
                         : TokenKind::Operator,
                     1);
    }

    Token quoted(TokenKind kind, char quote) {
        std::string content;
        for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
            if (text_[end] != quote) {
                content += text_[end];
            } else if (end + 1 < text_.size() && text_[end + 1] == quote) {
                content += quote;
                ++end;
            } else {
                Token whole = taken(kind, end + 1 - at_);
                if (kind != TokenKind::Text) whole.text = content;
                return whole;
            }
        }
        return taken(TokenKind::Other, text_.size() - at_);
    }

    Token number() {
        std::size_t length = 0;
        while (is_word(peek(length)) || peek(length) == '.' ||
               ((peek(length) == '+' || peek(length) == '-') &&
                (peek(length - 1) == 'e' || peek(length - 1) == 'E'))) {
            ++length;
        }
        return taken(TokenKind::Number, length);
    }

    Token word() {
        std::size_t length = 0;
        while (is_word(peek(length))) ++length;
        const std::string_view text = text_.substr(at_, length);
        const bool keyword = std::ranges::any_of(
            kKeywords, [&](std::string_view known) { return equals_ignoring_case(known, text); });
        return taken(keyword ? TokenKind::Keyword : TokenKind::Name, length);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::vector<Token> tokenize(std::string_view expression) {
    return Scanner(expression).scan();
}

}  // namespace tidemark::sql
