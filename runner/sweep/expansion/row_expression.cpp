#include "sweep/expansion/row_expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

/// Functions of SQLite that do not give the same each time hold one of these words. A name that holds one by
/// chance costs time, and nothing else.
constexpr std::array<std::string_view, 8> kVolatileWords{"random",   "date",      "time",    "julianday",
                                                         "strftime", "unixepoch", "changes", "last_insert"};

bool holds_a_volatile_word(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return std::ranges::any_of(kVolatileWords,
                               [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

}  // namespace

RowExpression::RowExpression(sql::ExpressionEngine& engine, const std::string& text,
                             const std::vector<std::string>& names, sql::ExpressionUse use)
    : expression_(engine.compile(text, names, use)),
      same_each_time_(!holds_a_volatile_word(text)),
      values_(names.size()) {}

const RowExpression::Result& RowExpression::evaluate(RowView row, std::string_view run) {
    key_.clear();
    bool uses_run = false;
    for (const std::size_t column : uses()) {
        if (column < row.size())
            key_.push_back(row[column]);
        else
            uses_run = true;
    }
    if (same_each_time_ && !uses_run) return remembered_.get(key_, [&] { return evaluate_anew(row, run); });
    unremembered_ = evaluate_anew(row, run);
    return unremembered_;
}

RowExpression::Result RowExpression::evaluate_anew(RowView row, std::string_view run) {
    for (const std::size_t column : uses()) {
        if (column < row.size())
            values_[column] = row[column]->value;
        else
            values_[column] = std::string(run);
    }
    try {
        return {expression_.evaluate(values_)};
    } catch (const sql::ExpressionError& error) {
        return {{}, error.what()};
    }
}

bool RowExpression::holds(RowView row, std::string_view run) {
    const Result& result = evaluate(row, run);
    if (!result.problem.empty())
        throw sql::ExpressionError(fmt::format("{} (in the run '{}')", result.problem, run));
    return result.value == Value(std::int64_t{1});
}

}  // namespace tidemark::sweep
