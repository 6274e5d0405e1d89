#include "capture/csv_file.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggestion.hpp"
#include "capture/left_file.hpp"
#include "capture/nearest_line.hpp"
#include "capture/number.hpp"
#include "capture/series.hpp"

namespace tidemark::capture {
namespace {

constexpr std::size_t kLargestRecord = std::size_t{1} << 20;

/// Reads one record after the other.
class Records {
  public:
    explicit Records(const std::filesystem::path& file) : in_(file, std::ios::binary) {
        std::string first;
        for (int letter = in_.peek(); letter != EOF && letter != '\n' && first.size() < kLargestRecord;
             letter = in_.peek())
            first += static_cast<char>(in_.get());
        if (first.find(',') == std::string::npos && first.find('\t') != std::string::npos) separator_ = '\t';
        in_.clear();
        in_.seekg(0);
        if (first.starts_with("\xef\xbb\xbf")) in_.seekg(3);  // the mark that some programs begin UTF-8 with
    }

    /// False: there is none left. A record that is larger than anything sensible is cut.
    bool next(std::vector<std::string>& fields) {
        fields.assign(1, {});
        ++number_;
        size_ = 0;
        bool quoted = false;
        bool any = false;
        for (int letter = in_.get(); letter != EOF; letter = in_.get()) {
            any = true;
            if (quoted) {
                if (letter != '"')
                    put(fields, static_cast<char>(letter));
                else if (in_.peek() == '"')
                    put(fields, static_cast<char>(in_.get()));
                else
                    quoted = false;
            } else if (letter == '"' && fields.back().empty()) {
                quoted = true;
            } else if (letter == separator_) {
                fields.emplace_back();
            } else if (letter == '\n') {
                break;
            } else if (letter != '\r') {
                put(fields, static_cast<char>(letter));
            }
        }
        return any;
    }

    std::int64_t number() const { return number_; }  ///< of the last one, counted from 1

  private:
    void put(std::vector<std::string>& fields, char letter) {
        if (size_++ < kLargestRecord) fields.back() += letter;
    }

    std::ifstream in_;
    char separator_ = ',';
    std::int64_t number_ = 0;
    std::size_t size_ = 0;
};

std::optional<std::size_t> find_column(const std::vector<std::string>& headings, const std::string& wanted,
                                       std::string& problem) {
    const auto own = std::ranges::find(headings, wanted);
    if (own != headings.end()) return static_cast<std::size_t>(own - headings.begin());
    const std::vector<std::string_view> names(headings.begin(), headings.end());
    problem =
        fmt::format("there is no column '{}'{}; the headings are {}", wanted, did_you_mean(wanted, names),
                    quoted_line(fmt::format("{}", fmt::join(headings, ", "))));
    return std::nullopt;
}

class CsvColumn {
  public:
    CsvColumn(const protocol::Capture& capture, const std::filesystem::path& file, Captured& found)
        : capture_(capture), records_(file), series_(capture, found) {}

    /// What is wrong, if anything.
    std::string read() {
        std::vector<std::string> fields;
        std::string problem;
        if (!records_.next(fields)) return "is empty";
        const auto column = find_column(fields, capture_.what, problem);
        if (!column) return problem;
        std::optional<std::size_t> epochs;
        if (!capture_.epoch.empty() && !(epochs = find_column(fields, capture_.epoch, problem)))
            return problem;
        while (series_.wants_more() && records_.next(fields)) {
            if (fields.size() == 1 && fields.front().empty()) continue;  // an empty line
            take(fields, *column, epochs);
        }
        series_.finish();
        if (!series_.is_empty()) return {};
        return refused_.empty() ? fmt::format("the column '{}' has no value", capture_.what) : refused_;
    }

  private:
    void take(const std::vector<std::string>& fields, std::size_t column, std::optional<std::size_t> epochs) {
        const std::string text = column < fields.size() ? fields[column] : std::string();
        if (text.empty()) return;  // as where one table serves training and testing
        const Written value = written_value(capture_, text);
        if (!value.number) {
            if (refused_.empty())
                refused_ = fmt::format("'{}' in record {} {}: {}", capture_.what, records_.number(),
                                       value.problem, quoted_line(text));
            return;
        }
        series_.add(*value.number,
                    epochs && *epochs < fields.size() ? integer_from(fields[*epochs]) : std::nullopt);
    }

    const protocol::Capture& capture_;
    Records records_;
    Series series_;
    std::string refused_;
};

}  // namespace

void take_from_csv(const protocol::Capture& capture, const Leavings& leavings, Captured& found) {
    const auto file = left_file(capture, leavings, found);
    if (!file) return;
    const std::string problem = CsvColumn(capture, *file, found).read();
    if (!problem.empty()) report_lacking(capture, fmt::format("{}: {}", file->string(), problem), found);
}

}  // namespace tidemark::capture
