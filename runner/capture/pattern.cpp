#include "capture/pattern.hpp"

#include <algorithm>
#include <re2/re2.h>
#include <vector>

#include <fmt/format.h>

namespace tidemark::capture {
namespace {

constexpr const char* kValueGroup = "value";
constexpr const char* kEpochGroup = "epoch";

RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    return options;
}

std::string explain(const RE2& expression) {
    std::string text = "is no regular expression: " + expression.error();
    const bool unknown_operator = expression.error_code() == RE2::ErrorRepeatArgument ||
                                  expression.error_code() == RE2::ErrorBadPerlOp ||
                                  expression.error_code() == RE2::ErrorBadEscape ||
                                  expression.error_code() == RE2::ErrorBadNamedCapture;
    if (unknown_operator) {
        text +=
            " (the syntax is RE2's, which takes no exponential time: groups are named (?P<name>…), there is "
            "no lookahead, lookbehind or backreference)";
    }
    return text;
}

}  // namespace

struct Pattern::State {
    explicit State(const std::string& text) : expression(text, options()) {}

    RE2 expression;
    int value_group = 0;  ///< 0 is the whole match
    int epoch_group = 0;  ///< 0: there is none
};

Pattern::Pattern(const std::string& text, std::string* problem) : state_(std::make_unique<State>(text)) {
    if (!state_->expression.ok()) {
        if (problem != nullptr) *problem = explain(state_->expression);
        return;
    }
    const auto& names = state_->expression.NamedCapturingGroups();
    if (const auto epoch = names.find(kEpochGroup); epoch != names.end()) state_->epoch_group = epoch->second;
    if (const auto value = names.find(kValueGroup); value != names.end())
        state_->value_group = value->second;
    else if (state_->expression.NumberOfCapturingGroups() > (state_->epoch_group > 0 ? 1 : 0))
        state_->value_group = state_->epoch_group == 1 ? 2 : 1;
    else if (state_->epoch_group > 0 && problem != nullptr)
        *problem = "has a group for the epoch and none for the value; write one, such as (?P<value>[0-9.]+)";
}

Pattern::Pattern(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::optional<Pattern::Match> Pattern::in(std::string_view line) const {
    if (!state_->expression.ok()) return std::nullopt;
    const int count = std::max(state_->value_group, state_->epoch_group) + 1;
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(count));
    const re2::StringPiece text(line.data(), line.size());
    if (!state_->expression.Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(), count))
        return std::nullopt;
    const auto group = [&](int number) {
        const re2::StringPiece& piece = groups[static_cast<std::size_t>(number)];
        return std::string_view(piece.data(), piece.size());
    };
    Match match{group(state_->value_group), {}};
    if (state_->epoch_group > 0) match.epoch = group(state_->epoch_group);
    return match;
}

}  // namespace tidemark::capture
