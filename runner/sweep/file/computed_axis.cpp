#include "sweep/file/computed_axis.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text_encoding.hpp"
#include "sweep/file/decimal.hpp"
#include "sweep/file/scalar.hpp"
#include "sweep/file/value_reading.hpp"
#include "sweep/input_listing.hpp"

namespace tidemark::sweep {
namespace {

constexpr std::int64_t kMostValues = 1'000'000;
constexpr std::array<std::string_view, 6> kKinds{"range", "log2", "linspace", "files", "lines", "sql"};

/// `1..64 step 7`: two ends, and perhaps a word with a number.
struct Ends {
    Decimal first;
    Decimal last;
    std::string word{};
    std::optional<Decimal> number{};
};

std::optional<Ends> parse_ends(const std::string& text) {
    std::istringstream words(text);
    std::string ends, word, number, more;
    words >> ends >> word >> number >> more;
    const std::size_t dots = ends.find("..");
    if (dots == std::string::npos || !more.empty()) return std::nullopt;
    const auto first = parse_decimal(std::string_view(ends).substr(0, dots));
    const auto last = parse_decimal(std::string_view(ends).substr(dots + 2));
    if (!first || !last) return std::nullopt;
    Ends parsed{*first, *last, word, {}};
    if (!word.empty()) {
        parsed.number = parse_decimal(number);
        if (!parsed.number) return std::nullopt;
    }
    return parsed;
}

class ComputedAxis {
  public:
    ComputedAxis(const Node& node, std::string key, const std::filesystem::path& folder, Axis& axis,
                 Problems& problems)
        : node_(node), key_(std::move(key)), folder_(folder), axis_(axis), problems_(problems) {}

    void read() {
        const std::string kind = node_.members.empty() ? std::string() : node_.members.front().name.text;
        if (node_.members.size() != 1 || std::ranges::find(kKinds, kind) == kKinds.end()) {
            refuse_form();
            return;
        }
        const Node& given = node_.members.front().value;
        const auto text = read_text(given, fmt::format("{}.{}", key_, kind), problems_);
        if (!text) return;
        position_ = given.position;
        key_ += fmt::format(".{}", kind);
        if (kind == "sql") {
            axis_.query = GivenQuery{*text, position_};
        } else if (axis_.names.size() > 1) {
            refuse(fmt::format("gives one value at a time, and {} are several; that can 'sql' alone",
                               axis_.key));
        } else if (kind == "range") {
            read_range(*text);
        } else if (kind == "log2") {
            read_log2(*text);
        } else if (kind == "linspace") {
            read_linspace(*text);
        } else if (kind == "files") {
            read_files(*text);
        } else {
            read_lines(*text);
        }
    }

  private:
    void refuse(const std::string& message) { problems_.add(position_, key_, message); }

    void refuse_form() {
        for (const auto& [name, value] : node_.members) {
            if (!is_torn_off(name, value)) continue;
            problems_.add(name.position, fmt::format("{}.{}", key_, name.text), kTornOff);
            return;
        }
        problems_.add(node_.position, key_,
                      fmt::format("must be a list of values, or a map with one of the keys {}, such as "
                                  "{{range: 1..64 step 7}}",
                                  fmt::join(kKinds, ", ")));
    }

    /// The value that the text would be in a list of the file.
    void add(const std::string& text) {
        Node node;
        node.kind = Node::Kind::Scalar;
        node.text = text;
        const Value value = scalar_value(node);
        axis_.points.push_back({{{value, shown_value(value, text), text, position_, {}}}, position_});
    }

    void read_range(const std::string& text) {
        const auto ends = parse_ends(text);
        if (!ends || (!ends->word.empty() && ends->word != "step")) {
            refuse(fmt::format("must be written like '1..64' or '1..64 step 7', not '{}'", text));
            return;
        }
        const Decimal step = ends->number.value_or(Decimal{1});
        const int places = std::max({ends->first.places, ends->last.places, step.places});
        const auto first = digits_with(ends->first, places);
        const auto last = digits_with(ends->last, places);
        const auto by = digits_with(step, places);
        if (!first || !last || !by) {
            refuse(fmt::format("'{}' has more digits than 64 bits hold", text));
        } else if (*by <= 0) {
            refuse("the step must be greater than 0");
        } else if (*last < *first) {
            refuse(fmt::format("ends before it begins; write the smaller end first, not '{}'", text));
        } else if (static_cast<std::uint64_t>(*last) - static_cast<std::uint64_t>(*first) >=
                   static_cast<std::uint64_t>(*by) * kMostValues) {
            refuse(fmt::format("makes more than {} values", kMostValues));
        } else {
            const bool as_real = !ends->first.is_integer || !ends->last.is_integer || !step.is_integer;
            const std::int64_t count = (*last - *first) / *by + 1;
            for (std::int64_t i = 0; i < count; ++i) add(to_text(Decimal{*first + i * *by, places}, as_real));
        }
    }

    void read_log2(const std::string& text) {
        const auto ends = parse_ends(text);
        const auto is_power = [](const Decimal& end) {
            return end.is_integer && end.digits > 0 &&
                   std::has_single_bit(static_cast<std::uint64_t>(end.digits));
        };
        if (!ends || !ends->word.empty() || !is_power(ends->first) || !is_power(ends->last)) {
            refuse(fmt::format("must be two powers of two, such as '8..1024', not '{}'", text));
        } else if (ends->last.digits < ends->first.digits) {
            refuse(fmt::format("ends before it begins; write the smaller end first, not '{}'", text));
        } else {
            const auto last = static_cast<std::uint64_t>(ends->last.digits);
            for (auto value = static_cast<std::uint64_t>(ends->first.digits); value <= last; value *= 2)
                add(std::to_string(value));
        }
    }

    void read_linspace(const std::string& text) {
        const auto ends = parse_ends(text);
        const bool has_count = ends && ends->word == "count" && ends->number->is_integer;
        if (!has_count || ends->number->digits < 2 || ends->number->digits > kMostValues) {
            refuse(fmt::format("must be written like '0..1 count 5', with from 2 to {} values, not '{}'",
                               kMostValues, text));
            return;
        }
        if (const auto values = spread(*ends))
            for (const std::string& value : *values) add(value);
        else
            refuse(fmt::format("the values of '{}' have more digits than a number holds", text));
    }

    /// As decimals, for those are what people expect: the third of 0..1 in ten steps is 0.3.
    static std::optional<std::vector<std::string>> spread(const Ends& ends) {
        const std::int64_t steps = ends.number->digits - 1;
        constexpr int kMostPlaces = 17;
        for (int places = std::max(ends.first.places, ends.last.places); places <= kMostPlaces; ++places) {
            const auto first = digits_with(ends.first, places);
            const auto last = digits_with(ends.last, places);
            std::int64_t width = 0;
            if (!first || !last || __builtin_sub_overflow(*last, *first, &width)) break;
            if (width % steps != 0) continue;
            const std::int64_t by = width / steps;
            const bool as_real = !ends.first.is_integer || !ends.last.is_integer || places > 0;
            std::vector<std::string> values;
            for (std::int64_t i = 0; i <= steps; ++i)
                values.push_back(to_text(Decimal{*first + i * by, places}, as_real));
            return values;
        }
        return spread_inexactly(ends);
    }

    static std::optional<std::vector<std::string>> spread_inexactly(const Ends& ends) {
        const auto value_of = [](const Decimal& end) { return number_of(real_of(to_text(end, true))); };
        const auto first = value_of(ends.first);
        const auto last = value_of(ends.last);
        if (!first || !last) return std::nullopt;
        const auto steps = static_cast<double>(ends.number->digits - 1);
        std::vector<std::string> values;
        for (std::int64_t i = 0; i < ends.number->digits; ++i) {
            const double part = static_cast<double>(i) / steps;
            values.push_back(tidemark::to_text(Value(*first * (1 - part) + *last * part)));
        }
        return values;
    }

    static Value real_of(const std::string& text) {
        Node node;
        node.kind = Node::Kind::Scalar;
        node.text = text;
        return scalar_value(node);
    }

    void read_files(const std::string& pattern) {
        std::string problem;
        const std::vector<std::string> files = files_matching(pattern, folder_, problem);
        if (!problem.empty()) {
            refuse(problem);
        } else if (files.empty()) {
            refuse(fmt::format(
                "'{}' matches no file in {}; `*` stands for a part of a name, `**` for folders in "
                "any depth",
                pattern, folder_.string()));
        }
        for (const std::string& file : files) {
            if (first_invalid_utf8(file)) {
                refuse("matches a file whose name is not UTF-8; give it another name");
                return;
            }
            axis_.points.push_back({{{Value(file), file, file, position_, {}}}, position_});
        }
    }

    void read_lines(const std::string& name) {
        const std::filesystem::path file = folder_ / name;
        std::error_code error;
        if (!std::filesystem::is_regular_file(file, error)) {
            refuse(fmt::format("there is no file {}", name));
            return;
        }
        const auto text = read_file(file);
        if (!text) {
            refuse(fmt::format("cannot read {}: {}", name, errno_text(errno)));
            return;
        }
        if (const auto bad = first_invalid_utf8(*text)) {
            refuse(fmt::format("byte {} of {} is not UTF-8; save the file in UTF-8", *bad + 1, name));
            return;
        }
        std::istringstream lines(*text);
        std::string line;
        for (int number = 1; std::getline(lines, line); ++number) add_line(line, name, number);
        if (axis_.points.empty() && !problems_.any())
            refuse(
                fmt::format("{} holds no line but blank ones and comments, so there would be no runs", name));
    }

    void add_line(const std::string& line, const std::string& file, int number) {
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string::npos || line[begin] == '#') return;
        Node node;
        node.kind = Node::Kind::Scalar;
        node.text = line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
        if (const std::string problem = scalar_problem(node); !problem.empty())
            refuse(fmt::format("line {} of {}: {}", number, file, problem));
        else if (!is_finite(scalar_value(node)))
            refuse(fmt::format("line {} of {}: must be a finite number", number, file));
        else
            add(node.text);
    }

    const Node& node_;
    std::string key_;
    const std::filesystem::path& folder_;
    Axis& axis_;
    Problems& problems_;
    Position position_;
};

}  // namespace

void read_computed_axis(const Node& node, const std::string& key, const std::filesystem::path& folder,
                        Axis& axis, Problems& problems) {
    ComputedAxis(node, key, folder, axis, problems).read();
}

}  // namespace tidemark::sweep
