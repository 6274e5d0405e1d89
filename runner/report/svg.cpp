#include "report/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "report/markup.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

constexpr double kWidth = 720;
constexpr double kBarsFrom = 250;
constexpr double kBarsTo = 600;  // where the longest bar ends, or before, if its figure needs more room
constexpr double kBeforeFigure = 6;
constexpr double kBar = 16;  // with the room below it
constexpr double kBarInk = 12;
constexpr double kGap = 12;      // between rows
constexpr double kOpen = 24;     // of a whisker that has no end
constexpr double kLetter = 7.8;  // of 13 px, and rather too wide: whose font it is nobody knows
constexpr double kHead = 56;
constexpr std::size_t kTitleWidth = 90;
constexpr std::size_t kLabelWidth = 34;
constexpr std::array kColours{"#9aa5b1", "#2f7ed8", "#e08a1e", "#3a9d5d", "#a55eb8", "#c74b50"};

std::optional<double> figure(const Cell& cell) {
    if (const auto* whole = std::get_if<std::int64_t>(&cell.value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&cell.value)) return *real;
    return std::nullopt;
}

/// How far a cell is drawn: to its figure, or to the bound above it.
double reach(const Cell& cell) {
    const double own = figure(cell).value_or(0);
    if (!cell.doubt) return own;
    return std::max(own, std::isinf(cell.doubt->high) ? cell.doubt->low : cell.doubt->high);
}

/// Which columns are drawn, and which one names the rows.
struct Series {
    std::optional<std::size_t> label;
    std::vector<std::size_t> columns;
    double largest = 0;
};

Series series_of(const Table& table, const Presentation& shown) {
    Series series;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const Column& own = table.columns[column];
        if (!shown.columns[column].numeric || own.exact) {
            if (!series.label) series.label = column;
            continue;
        }
        if (!series.columns.empty() && own.unit != table.columns[series.columns.front()].unit) continue;
        if (series.columns.size() == kColours.size()) continue;
        series.columns.push_back(column);
        for (const auto& row : table.rows) series.largest = std::max(series.largest, reach(row[column]));
    }
    return series;
}

class Picture {
  public:
    Picture(const Table& table, std::ostream& out)
        : table_(table),
          out_(out),
          shown_(present(table)),
          series_(series_of(table, shown_)),
          longest_bar_(longest_bar()) {}

    void draw() {
        const double rows = static_cast<double>(table_.rows.size());
        const double bars = static_cast<double>(series_.columns.size());
        const double height = kHead + rows * (bars * kBar + kGap);
        out_ << fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
            "role=\"img\">\n<style>text{{font:13px system-ui,sans-serif;fill:#1f2933}}.t{{font-weight:600}}"
            ".m{{font-style:italic;opacity:.7}}{2}@media(prefers-color-scheme:dark){{text{{fill:#e4e7eb}}{3}}"
            "}</"
            "style>\n",
            kWidth, height, any_doubt() ? ".w{stroke:#1f2933;stroke-width:1.5;fill:none}" : "",
            any_doubt() ? ".w{stroke:#e4e7eb}" : "");
        out_ << fmt::format("<title>{}</title>\n", escaped_for_markup(table_.title));
        write(0, 16, "t", terminal::shortened(terminal::visible(table_.title), kTitleWidth));
        draw_legend();
        double y = kHead;
        for (std::size_t row = 0; row < table_.rows.size(); ++row) y = draw_row(row, y) + kGap;
        out_ << "</svg>\n";
    }

  private:
    double share(double value) const {
        return series_.largest > 0 ? std::max(0.0, value) / series_.largest : 0;
    }

    bool any_doubt() const {
        return std::ranges::any_of(table_.rows, [](const auto& row) {
            return std::ranges::any_of(row, [](const Cell& cell) { return cell.doubt.has_value(); });
        });
    }

    /// So long that every figure has room behind its bar.
    double longest_bar() const {
        double longest = kBarsTo - kBarsFrom;
        for (std::size_t row = 0; row < table_.rows.size(); ++row) {
            for (const std::size_t column : series_.columns) {
                const double own = share(reach(table_.rows[row][column]));
                const auto& doubt = table_.rows[row][column].doubt;
                const double open = doubt && std::isinf(doubt->high) ? kOpen : 0;
                const double text =
                    open + kLetter * static_cast<double>(terminal::display_width(shown_.rows[row][column]));
                if (own > 0) longest = std::min(longest, (kWidth - kBarsFrom - kBeforeFigure - text) / own);
            }
        }
        return std::max(1.0, longest);
    }

    void write(double x, double y, const char* kind, const std::string& content) {
        out_ << fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y, kind,
                            escaped_for_markup(content));
    }

    void block(double x, double y, double width, std::size_t colour) {
        out_ << fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" rx=\"2\" fill=\"{}\"/>\n",
                            x, y, width, kBarInk, kColours[colour]);
    }

    /// Where the figure may lie: a line with an end at each bound, that goes on beyond the bar, `bar_end`,
    /// where there is none. Returns where it ends.
    double whisker(double y, const Interval& doubt, double bar_end) {
        const bool is_open = std::isinf(doubt.high);
        const double from = kBarsFrom + share(doubt.low) * longest_bar_;
        const double to =
            is_open ? std::max(from, bar_end) + kOpen : kBarsFrom + share(doubt.high) * longest_bar_;
        const double middle = y + kBarInk / 2;
        std::string path =
            fmt::format("M{:.1f} {}V{}M{:.1f} {}H{:.1f}", from, y + 1, y + kBarInk - 1, from, middle, to);
        if (!is_open) path += fmt::format("M{:.1f} {}V{}", to, y + 1, y + kBarInk - 1);
        out_ << fmt::format("<path d=\"{}\" class=\"w\"{}/>\n", path,
                            is_open ? " stroke-dasharray=\"3 3\"" : "");
        return to;
    }

    void draw_legend() {
        constexpr double kMark = 18;
        double x = 0;
        for (std::size_t i = 0; i < series_.columns.size(); ++i) {
            const std::string& heading = shown_.columns[series_.columns[i]].heading;
            block(x, 28, kBarInk, i);
            write(x + kMark, 38, "l", heading);
            x += 2 * kMark + kLetter * static_cast<double>(terminal::display_width(heading));
        }
    }

    /// Returns where it ends.
    double draw_row(std::size_t row, double y) {
        constexpr double kBaseline = 11;
        if (series_.label)
            write(0, y + kBaseline, "l", terminal::shortened(shown_.rows[row][*series_.label], kLabelWidth));
        for (std::size_t i = 0; i < series_.columns.size(); ++i) {
            const std::size_t column = series_.columns[i];
            const auto value = figure(table_.rows[row][column]);
            const auto& doubt = table_.rows[row][column].doubt;
            double end = kBarsFrom + share(value.value_or(0)) * longest_bar_;
            if (value) block(kBarsFrom, y, std::max(1.0, end - kBarsFrom), i);
            if (value && doubt) end = std::max(end, whisker(y, *doubt, end));
            write(end + kBeforeFigure, y + kBaseline, value ? "l" : "m", shown_.rows[row][column]);
            y += kBar;
        }
        return y;
    }

    const Table& table_;
    std::ostream& out_;
    Presentation shown_;
    Series series_;
    double longest_bar_;
};

}  // namespace

void render_svg(const Table& table, std::ostream& out) {
    Picture(table, out).draw();
}

}  // namespace tidemark::report
