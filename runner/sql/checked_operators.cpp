#include "sql/checked_operators.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "sql/connection.hpp"
#include "sql/operand_checks.hpp"

namespace tidemark::sql {
namespace {

std::string text_of(const Token& token) {
    return token.kind == TokenKind::QuotedName ? quoted_name(token.text) : token.text;
}

bool is_word(const Token& token, std::string_view word) {
    return (token.kind == TokenKind::Keyword || token.kind == TokenKind::Name) &&
           equals_ignoring_case(token.text, word);
}

bool is_one_of(const Token& token, std::initializer_list<std::string_view> texts) {
    return (token.kind == TokenKind::Keyword || token.kind == TokenKind::Operator) &&
           std::ranges::any_of(texts,
                               [&](std::string_view text) { return equals_ignoring_case(token.text, text); });
}

/// Of operators, the looser first
/// (https://www.sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes).
enum class Binding { None, Or, And, Not, Equality, Order, Bits, Sum, Product, Join, Collate, Sign };

Binding tighter(Binding binding) {
    return static_cast<Binding>(static_cast<int>(binding) + 1);
}

Binding binding_of(const Token& token) {
    if (is_one_of(token, {"OR"})) return Binding::Or;
    if (is_one_of(token, {"AND"})) return Binding::And;
    if (is_one_of(token, {"=", "==", "<>", "!=", "IS", "IN", "LIKE", "GLOB", "MATCH", "REGEXP", "BETWEEN",
                          "ISNULL", "NOTNULL", "NOT"}))
        return Binding::Equality;
    if (is_one_of(token, {"<", ">", "<=", ">="})) return Binding::Order;
    if (is_one_of(token, {"&", "|", "<<", ">>"})) return Binding::Bits;
    if (is_one_of(token, {"+", "-"})) return Binding::Sum;
    if (is_one_of(token, {"*", "/", "%"})) return Binding::Product;
    if (is_one_of(token, {"||", "->", "->>"})) return Binding::Join;
    if (is_one_of(token, {"COLLATE"})) return Binding::Collate;
    return Binding::None;
}

/// Functions that make a number of numbers.
constexpr std::array<std::string_view, 22> kOfNumbers{
    "abs",   "round", "sign", "sum", "total", "avg",  "ceil",  "ceiling", "floor",   "trunc",   "pow",
    "power", "sqrt",  "exp",  "ln",  "log",   "log2", "log10", "mod",     "radians", "degrees", "median"};

/// What is known of an operand before it has a value.
enum class Kind { Unknown, Number, Text, Nothing };

/// A part of the expression, rewritten.
struct Piece {
    std::string sql{};
    std::string source{};
    Kind kind = Kind::Unknown;
    std::vector<Piece> elements{};  ///< of a row value (a, b)
};

bool is_query(const Token& first) {
    return is_word(first, "SELECT") || is_word(first, "VALUES") || is_word(first, "WITH");
}

/// Walks the tokens once, from left to right. What it knows no rule for stays as it is, for SQLite to judge.
class Rewriter {
  public:
    Rewriter(const std::vector<Token>& tokens, std::string_view source, Division division, BoundValues bound)
        : tokens_(tokens), source_(source), division_(division), bound_(bound) {}

    Piece whole() {
        Piece piece = element(tokens_.size());
        while (has(tokens_.size())) {  // a comma, of which SQLite will complain
            ++at_;
            piece = {piece.sql + "," + element(tokens_.size()).sql};
        }
        return piece;
    }

    Piece truth(const Piece& piece) const {
        if (piece.kind == Kind::Number || piece.kind == Kind::Nothing) return piece;
        Piece checked = piece;
        checked.sql = fmt::format(" {}({},{},{})", kTruthOperand, quoted_text(piece.source),
                                  quoted_text(piece.source), piece.sql);
        return checked;
    }

  private:
    bool has(std::size_t end) const { return at_ < end; }
    const Token& here() const { return tokens_[at_]; }
    bool at_word(std::size_t end, std::initializer_list<std::string_view> words) const {
        return has(end) && is_one_of(here(), words);
    }

    /// As it was written, from one token on to the one before the place.
    std::string source_from(std::size_t first) const {
        if (at_ <= first) return {};
        const std::size_t begin = tokens_[first].begin;
        return std::string(source_.substr(begin, tokens_[at_ - 1].end - begin));
    }

    /// What stands between two commas; most often an expression and nothing else.
    Piece element(std::size_t end) {
        const std::size_t first = at_;
        std::optional<Piece> only;
        std::string sql;
        std::size_t parts = 0;
        for (; has(end) && here().kind != TokenKind::Comma; ++parts) {
            if (starts_operand(end)) {
                only = expression(Binding::Or, end);
                sql += only->sql;
            } else {
                only.reset();
                sql += " " + text_of(tokens_[at_++]);
            }
        }
        if (parts == 1 && only) return *only;
        return {sql, source_from(first)};
    }

    bool starts_operand(std::size_t end) const {
        switch (here().kind) {
            case TokenKind::Name:
            case TokenKind::QuotedName:
            case TokenKind::Text:
            case TokenKind::Number:
            case TokenKind::Open:
                return true;
            case TokenKind::Other:
                return here().text.starts_with('?');  // a name that is bound
            case TokenKind::Keyword:
                return is_one_of(here(), {"CASE", "CAST", "NOT", "NULL", "TRUE", "FALSE"}) || calls(end);
            case TokenKind::Operator:
                return is_one_of(here(), {"+", "-", "~"});
            default:
                return false;
        }
    }

    /// A word of SQL that is called like a function, as in like(a, b).
    bool calls(std::size_t end) const {
        return at_ + 1 < end && tokens_[at_ + 1].kind == TokenKind::Open &&
               is_one_of(here(), {"LIKE", "GLOB", "MATCH", "REGEXP", "EXISTS"});
    }

    Piece expression(Binding loosest, std::size_t end) {
        const std::size_t first = at_;
        Piece left = prefix(end);
        while (has(end)) {
            const Binding binding = binding_of(here());
            if (binding == Binding::None || binding < loosest) break;
            left = infix(left, binding, end, first);
        }
        return left;
    }

    Piece prefix(std::size_t end) {
        const std::size_t first = at_;
        if (at_word(end, {"NOT"})) {
            ++at_;
            const Piece operand = expression(Binding::Not, end);
            return {" NOT" + truth(operand).sql, source_from(first), Kind::Number};
        }
        if (at_word(end, {"+"})) {  // does nothing, to a text neither
            ++at_;
            Piece operand = expression(Binding::Sign, end);
            return {" +" + operand.sql, source_from(first), operand.kind};
        }
        if (at_word(end, {"-", "~"})) {
            const std::string sign = " " + text_of(tokens_[at_++]);
            const Piece operand = expression(Binding::Sign, end);
            return {sign + number(operand, source_from(first)), source_from(first), Kind::Number};
        }
        return primary(end);
    }

    Piece infix(const Piece& left, Binding binding, std::size_t end, std::size_t first) {
        switch (binding) {
            case Binding::Or:
            case Binding::And:
                return logical(left, binding, end, first);
            case Binding::Equality:
                return equality(left, end, first);
            case Binding::Order: {
                const std::string symbol = text_of(tokens_[at_++]);
                const Piece right = expression(tighter(binding), end);
                return compared(kOrderedOperand, left, symbol, right, first);
            }
            case Binding::Join: {
                const std::string symbol = text_of(tokens_[at_++]);
                const Piece right = expression(tighter(binding), end);
                return {left.sql + " " + symbol + right.sql, source_from(first)};
            }
            case Binding::Collate: {
                std::string sql = left.sql + " " + text_of(tokens_[at_++]);
                if (has(end)) sql += " " + text_of(tokens_[at_++]);
                return {sql, source_from(first)};
            }
            default:
                return arithmetic(left, binding, end, first);
        }
    }

    Piece logical(const Piece& left, Binding binding, std::size_t end, std::size_t first) {
        const std::string word = " " + text_of(tokens_[at_++]);
        const Piece right = expression(tighter(binding), end);
        return {truth(left).sql + word + truth(right).sql, source_from(first), Kind::Number};
    }

    Piece arithmetic(const Piece& left, Binding binding, std::size_t end, std::size_t first) {
        const std::string symbol = text_of(tokens_[at_++]);
        const Piece right = expression(tighter(binding), end);
        const std::string source = source_from(first);
        const std::string a = number(left, source);
        const std::string b = number(right, source);
        const bool is_exact = symbol == "/" && division_ == Division::Exact && casts_ == 0;
        return {
            is_exact ? fmt::format(" {}({},{})", kExactDivision, a, b) : fmt::format("{} {}{}", a, symbol, b),
            source, Kind::Number};
    }

    static std::string number(const Piece& operand, const std::string& operation) {
        if (operand.kind == Kind::Number || operand.kind == Kind::Nothing) return operand.sql;
        return fmt::format(" {}({},{},{})", kNumberOperand, quoted_text(operation),
                           quoted_text(operand.source), operand.sql);
    }

    /// All that binds like `=`: IS, IN, LIKE, BETWEEN and the like.
    Piece equality(const Piece& left, std::size_t end, std::size_t first) {
        std::string word = text_of(tokens_[at_++]);
        if (equals_ignoring_case(word, "NOT")) {  // NOT IN, NOT LIKE, NOT BETWEEN, NOT NULL
            if (!has(end)) return {left.sql + " " + word, source_from(first)};
            word += " " + text_of(tokens_[at_++]);
        }
        const Token& operation = tokens_[at_ - 1];
        if (is_one_of(operation, {"ISNULL", "NOTNULL", "NULL"}))
            return {left.sql + " " + word, source_from(first), Kind::Number};
        if (is_one_of(operation, {"IN"})) return membership(left, word, end, first);
        if (is_one_of(operation, {"BETWEEN"})) return between(left, word, end, first);
        if (is_one_of(operation, {"LIKE", "GLOB", "MATCH", "REGEXP"}))
            return likeness(left, word, end, first);
        if (is_one_of(operation, {"IS"})) {
            if (at_word(end, {"NOT"})) word += " " + text_of(tokens_[at_++]);
            if (at_word(end, {"DISTINCT"})) word += " " + text_of(tokens_[at_++]);
            if (at_word(end, {"FROM"})) word += " " + text_of(tokens_[at_++]);
            if (at_word(end, {"NULL", "TRUE", "FALSE"})) {
                const bool asks_for_truth = !is_one_of(here(), {"NULL"});
                word += " " + text_of(tokens_[at_++]);
                return {(asks_for_truth ? truth(left).sql : left.sql) + " " + word, source_from(first),
                        Kind::Number};
            }
        }
        const Piece right = expression(tighter(Binding::Equality), end);
        return compared(kEqualOperand, left, word, right, first);
    }

    Piece likeness(const Piece& left, const std::string& word, std::size_t end, std::size_t first) {
        std::string sql = left.sql + " " + word + expression(tighter(Binding::Equality), end).sql;
        if (at_word(end, {"ESCAPE"})) {
            ++at_;
            sql += " ESCAPE" + expression(tighter(Binding::Equality), end).sql;
        }
        return {sql, source_from(first), Kind::Number};
    }

    Piece between(const Piece& left, const std::string& word, std::size_t end, std::size_t first) {
        const Piece low = expression(tighter(Binding::Equality), end);
        if (!at_word(end, {"AND"})) return {left.sql + " " + word + low.sql, source_from(first)};
        ++at_;
        const Piece high = expression(tighter(Binding::Equality), end);
        const std::string source = source_from(first);
        return {
            checked(kOrderedOperand, left, {low, high}, source) + " " + word + low.sql + " AND" + high.sql,
            source, Kind::Number};
    }

    Piece membership(const Piece& left, const std::string& word, std::size_t end, std::size_t first) {
        if (!has(end) || here().kind != TokenKind::Open) return {left.sql + " " + word, source_from(first)};
        const bool is_asked_for = at_ + 1 < end && is_query(tokens_[at_ + 1]);
        const auto [sql, elements] = group();
        const std::string source = source_from(first);
        const std::string operand = is_asked_for ? left.sql : checked(kEqualOperand, left, elements, source);
        return {operand + " " + word + " " + sql, source, Kind::Number};
    }

    Piece compared(const char* check, const Piece& left, const std::string& symbol, const Piece& right,
                   std::size_t first) const {
        const std::string source = source_from(first);
        return {checked(check, left, {right}, source) + " " + symbol + right.sql, source, Kind::Number};
    }

    /// The operand, made to look at those that it is compared with.
    static std::string checked(const char* check, const Piece& operand, const std::vector<Piece>& others,
                               const std::string& operation) {
        if (!operand.elements.empty()) return checked_row(check, operand, others, operation);
        constexpr std::size_t kMostAtOnce = 40;  // a function of SQLite takes 100 arguments
        std::string sql = operand.sql;
        for (std::size_t begin = 0; begin < others.size(); begin += kMostAtOnce) {
            std::string pairs;
            for (std::size_t i = begin; i < std::min(others.size(), begin + kMostAtOnce); ++i) {
                const Piece& other = others[i];
                if (other.kind == Kind::Nothing ||
                    (other.kind == operand.kind && other.kind != Kind::Unknown))
                    continue;
                pairs += fmt::format(",{},{}", quoted_text(other.source), other.sql);
            }
            if (pairs.empty()) continue;
            sql = fmt::format(" {}({},{},{}{})", check, quoted_text(operation), quoted_text(operand.source),
                              sql, pairs);
        }
        return sql;
    }

    /// (a, b) < (c, d): each with the one in its place.
    static std::string checked_row(const char* check, const Piece& operand, const std::vector<Piece>& others,
                                   const std::string& operation) {
        std::string sql;
        for (std::size_t i = 0; i < operand.elements.size(); ++i) {
            std::vector<Piece> beside;
            for (const Piece& other : others) {
                if (i < other.elements.size()) beside.push_back(other.elements[i]);
            }
            sql += (i > 0 ? "," : "") + checked(check, operand.elements[i], beside, operation);
        }
        return " (" + sql + ")";
    }

    Piece primary(std::size_t end) {
        const std::size_t first = at_;
        if (!has(end) || !starts_operand(end)) return {};
        if (here().kind == TokenKind::Open) return parenthesised();
        if (is_word(here(), "CASE")) return case_expression(end);
        const Token& token = tokens_[at_++];
        if (has(end) && here().kind == TokenKind::Open) return call(token, end, first);
        std::string sql = " " + text_of(token);
        while (has(end) && here().text == "." && at_ + 1 < end) {  // table.column
            sql += "." + text_of(tokens_[at_ + 1]);
            at_ += 2;
        }
        return {sql, source_from(first), kind_of(token)};
    }

    Kind kind_of(const Token& token) const {
        if (bound_ == BoundValues::Numbers && token.kind == TokenKind::Other && token.text.starts_with('?'))
            return Kind::Number;
        if (token.kind == TokenKind::Text) return Kind::Text;
        if (token.kind == TokenKind::Number || is_one_of(token, {"TRUE", "FALSE"})) return Kind::Number;
        return is_one_of(token, {"NULL"}) ? Kind::Nothing : Kind::Unknown;
    }

    struct Group {
        std::string sql;
        std::vector<Piece> elements;
    };

    Group group() {
        const std::size_t close = closing();
        ++at_;
        Group all{"(", {}};
        while (at_ < close) {
            all.elements.push_back(element(close));
            all.sql += all.elements.back().sql;
            if (at_ < close) all.sql += ",", ++at_;
        }
        at_ = std::min(close + 1, tokens_.size());
        all.sql += ")";
        return all;
    }

    Piece parenthesised() {
        const std::size_t first = at_;
        const auto [sql, elements] = group();
        if (elements.size() == 1) return {" " + sql, source_from(first), elements.front().kind};
        return {" " + sql, source_from(first), Kind::Unknown, elements};
    }

    Piece call(const Token& function, std::size_t end, std::size_t first) {
        const std::string name = " " + text_of(function);
        if (is_word(function, "CAST")) return cast(name, first);
        auto [sql, elements] = group();
        const std::string source = source_from(first);
        Kind kind = Kind::Unknown;
        if (std::ranges::any_of(kOfNumbers,
                                [&](std::string_view known) { return is_word(function, known); })) {
            for (Piece& element : elements) element.sql = number(element, source);
            sql = joined(elements);
            kind = Kind::Number;
        } else if (elements.size() > 1 && (is_word(function, "max") || is_word(function, "min"))) {
            elements.front().sql =
                checked(kOrderedOperand, elements.front(), {elements.begin() + 1, elements.end()}, source);
            sql = joined(elements);
        } else if (elements.size() == 2 && is_word(function, "nullif")) {
            elements.front().sql = checked(kEqualOperand, elements.front(), {elements.back()}, source);
            sql = joined(elements);
        } else if (!elements.empty() && is_word(function, "iif")) {
            elements.front() = truth(elements.front());
            sql = joined(elements);
        }
        std::string text = name + sql;
        while (has(end) && (is_word(here(), "OVER") || is_word(here(), "FILTER")) && at_ + 1 < end &&
               tokens_[at_ + 1].kind == TokenKind::Open) {
            text += " " + text_of(tokens_[at_++]);
            text += group().sql;
        }
        return {text, source_from(first), kind};
    }

    static std::string joined(const std::vector<Piece>& elements) {
        std::string sql;
        for (const Piece& element : elements) sql += (sql.empty() ? "" : ",") + element.sql;
        return "(" + sql + ")";
    }

    Piece cast(const std::string& name, std::size_t first) {
        ++casts_;
        const auto [sql, elements] = group();
        --casts_;
        return {name + sql, source_from(first)};
    }

    Piece case_expression(std::size_t end) {
        const std::size_t first = at_++;
        std::optional<Piece> base;
        if (has(end) && !at_word(end, {"WHEN"})) base = expression(Binding::Or, end);
        std::string branches;
        std::vector<Piece> whens;
        while (at_word(end, {"WHEN", "THEN", "ELSE"})) {
            const bool is_condition = at_word(end, {"WHEN"});
            branches += " " + text_of(tokens_[at_++]);
            const Piece part = expression(Binding::Or, end);
            if (is_condition && base) whens.push_back(part);
            branches += is_condition && !base ? truth(part).sql : part.sql;
        }
        if (at_word(end, {"END"})) branches += " " + text_of(tokens_[at_++]);
        const std::string head =
            base ? checked(kEqualOperand, *base, whens, source_from(first)) : std::string();
        return {" CASE" + head + branches, source_from(first)};
    }

    /// Of the parenthesis that opens here; the end where it is never closed, which SQLite will complain of.
    std::size_t closing() const {
        std::size_t depth = 0;
        for (std::size_t i = at_; i < tokens_.size(); ++i) {
            if (tokens_[i].kind == TokenKind::Open) ++depth;
            if (tokens_[i].kind == TokenKind::Close && --depth == 0) return i;
        }
        return tokens_.size();
    }

    const std::vector<Token>& tokens_;
    const std::string_view source_;
    const Division division_;
    const BoundValues bound_;
    std::size_t at_ = 0;
    std::size_t casts_ = 0;  ///< within how many
};

}  // namespace

std::string with_checked_operators(const std::vector<Token>& tokens, std::string_view source,
                                   Division division, BoundValues bound) {
    return Rewriter(tokens, source, division, bound).whole().sql;
}

std::string condition_with_checked_operators(const std::vector<Token>& tokens, std::string_view source,
                                             Division division, BoundValues bound) {
    Rewriter rewriter(tokens, source, division, bound);
    return rewriter.truth(rewriter.whole()).sql;
}

std::string plain_text(const std::vector<Token>& tokens) {
    std::string text;
    for (const Token& token : tokens) text += " " + text_of(token);
    return text;
}

}  // namespace tidemark::sql
