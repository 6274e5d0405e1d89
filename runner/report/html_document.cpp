#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/document.hpp"
#include "report/markup.hpp"
#include "report/page/page_parts.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

using nlohmann::ordered_json;

/// Nothing may be fetched, from nowhere: what the page needs is in it.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/// JSON within a `<script>`: no `<` in it can end the element.
std::string script_json(const ordered_json& json) {
    std::string text = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    std::string out;
    for (const char letter : text) out += letter == '<' ? std::string("\\u003c") : std::string(1, letter);
    return out;
}

/// The class of a field in style.css; empty: none.
std::string_view class_of(const Cell& cell) {
    if (is_null(cell.value)) return "missing";
    switch (cell.tone) {
        case Tone::Good:
            return "good";
        case Tone::Bad:
            return "bad";
        case Tone::None:
            break;
    }
    return {};
}

class Page {
  public:
    Page(const Document& document, std::ostream& out) : document_(document), out_(out) {}

    void write() {
        write_head();
        write_opening();
        write_charts();
        for (std::size_t i = 0; i < document_.tables.size(); ++i) write_table(i);
        out_ << "</main>\n<footer>" << text(origin()) << "</footer>\n";
        write_scripts();
    }

  private:
    static std::string text(std::string_view any) { return escaped_for_markup(terminal::visible(any)); }
    std::string words(std::string_view english) const {
        return escaped_for_markup(translated(english, document_.language));
    }

    void write_head() {
        out_ << "<!doctype html>\n<html lang=\""
             << (document_.language == Language::Chinese ? "zh-Hans" : "en")
             << "\">\n<head>\n<meta charset=\"utf-8\">\n"
             << "<meta http-equiv=\"Content-Security-Policy\" content=\"" << kPolicy << "\">\n"
             << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             << "<meta name=\"color-scheme\" content=\"light dark\">\n"
             << "<title>" << text(document_.title) << "</title>\n<style>\n"
             << page::kStyle << "</style>\n</head>\n<body>\n";
    }

    void write_opening() {
        out_ << "<header>\n<div class=\"headline\"><h1>" << text(document_.title)
             << "</h1>\n<button type=\"button\" id=\"theme\" data-dark=\"" << words("Dark")
             << "\" data-light=\"" << words("Light") << "\"></button></div>\n";
        if (!document_.description.empty())
            out_ << "<p class=\"description\">" << text(document_.description) << "</p>\n";
        if (!document_.notes.empty()) {
            out_ << "<ul class=\"notes\">\n";
            for (const std::string& note : document_.notes) out_ << "<li>" << text(note) << "</li>\n";
            out_ << "</ul>\n";
        }
        out_ << "<nav aria-label=\"" << words("Contents") << "\">\n";
        if (has_charts()) out_ << "<a href=\"#charts\">" << words("Charts") << "</a>\n";
        for (std::size_t i = 0; i < document_.tables.size(); ++i)
            out_ << "<a href=\"#table" << i + 1 << "\">" << text(document_.tables[i].title) << "</a>\n";
        out_ << "</nav>\n</header>\n<main>\n";
    }

    bool has_charts() const {
        const Charts& charts = document_.charts;
        return !charts.costs.empty() || !charts.parts.empty() || !charts.accuracy.empty() ||
               !charts.timelines.empty();
    }

    void write_chart(const char* id, std::string_view title, bool is_there) {
        if (!is_there) return;
        out_ << "<figure id=\"" << id << "\"><figcaption>" << words(title);
        if (std::string_view(id) == "over-time")
            out_ << " <select aria-label=\"" << words("run") << "\"></select>";
        out_ << "</figcaption>\n<div class=\"canvas\"><canvas tabindex=\"0\" role=\"img\" aria-label=\""
             << words(title) << "\"></canvas></div></figure>\n";
    }

    void write_charts() {
        if (!has_charts()) return;
        const Charts& charts = document_.charts;
        out_ << "<section id=\"charts\" aria-label=\"" << words("Charts") << "\">\n<div class=\"charts\">\n";
        write_chart("costs", "Peak memory against time", !charts.costs.empty());
        write_chart("parts", "Peak memory by part", !charts.parts.empty());
        write_chart("accuracy", "Accuracy by epoch", !charts.accuracy.empty());
        write_chart("over-time", "Memory over time", !charts.timelines.empty());
        out_ << "</div>\n";
        for (const std::string& note : charts.notes) out_ << "<p class=\"note\">" << text(note) << "</p>\n";
        out_ << "</section>\n";
    }

    void write_table(std::size_t number) {
        const Table& table = document_.tables[number];
        const Presentation shown = present(table);
        const std::string id = fmt::format("table{}", number + 1);
        out_ << "<section id=\"" << id << "\" class=\"table\">\n<div class=\"headline\"><h2>"
             << text(table.title) << "</h2>\n<label><span class=\"unseen\">" << words("Filter rows")
             << "</span><input type=\"search\" placeholder=\"" << words("Filter rows")
             << "\" aria-controls=\"" << id
             << "-rows\"></label>\n<output aria-live=\"polite\"></output></div>\n"
             << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" << text(table.title)
             << "\"><table id=\"" << id << "-rows\">\n<thead><tr>";
        for (const auto& column : shown.columns) {
            out_ << "<th scope=\"col\"" << (column.numeric ? " class=\"number\"" : "")
                 << "><button type=\"button\">" << escaped_for_markup(column.heading) << "</button></th>";
        }
        out_ << "</tr></thead>\n<tbody>\n";
        for (std::size_t row = 0; row < shown.rows.size(); ++row) {
            out_ << "<tr>";
            for (std::size_t column = 0; column < shown.columns.size(); ++column)
                write_cell(table.rows[row][column], shown.rows[row][column], shown.columns[column].numeric);
            out_ << "</tr>\n";
        }
        out_ << "</tbody>\n</table></div>\n";
        for (const std::string& note : table.notes) out_ << "<p class=\"note\">" << text(note) << "</p>\n";
        out_ << "</section>\n";
    }

    /// As JavaScript reads it.
    static std::string for_script(const Value& value) {
        const auto* real = std::get_if<double>(&value);
        if (real == nullptr || !std::isinf(*real)) return to_text(value);
        return *real > 0 ? "Infinity" : "-Infinity";
    }

    /// `data-value` is what sorting goes by.
    void write_cell(const Cell& cell, const std::string& shown, bool numeric) {
        std::string classes = numeric ? "number" : "";
        const std::string_view tone = class_of(cell);
        if (!tone.empty()) classes += (classes.empty() ? "" : " ") + std::string(tone);
        out_ << "<td" << (classes.empty() ? "" : " class=\"" + classes + "\"");
        if (is_number(cell.value))
            out_ << " data-value=\"" << escaped_for_markup(for_script(cell.value)) << '"';
        out_ << '>' << escaped_for_markup(shown) << "</td>";
    }

    std::string origin() const {
        std::string line;
        for (const auto& [name, value] : document_.origin)
            line += (line.empty() ? "" : " · ") + translated(name, document_.language) + " " + value;
        return line;
    }

    /// From where to where; a null instead of the latter where nothing bounds it.
    static ordered_json doubt_json(const std::optional<Interval>& doubt) {
        if (!doubt) return nullptr;
        return {doubt->low, std::isinf(doubt->high) ? ordered_json() : ordered_json(doubt->high)};
    }

    ordered_json chart_data() const {
        const Charts& charts = document_.charts;
        ordered_json costs = ordered_json::array();
        for (const CostPoint& point : charts.costs)
            costs.push_back({terminal::visible(point.run), point.seconds, point.peak_bytes, point.on_front,
                             doubt_json(point.doubt)});
        ordered_json parts = ordered_json::array();
        for (const MemoryParts& own : charts.parts)
            parts.push_back({terminal::visible(own.run), own.bytes, doubt_json(own.doubt)});
        ordered_json accuracy = ordered_json::array();
        for (const Curve& curve : charts.accuracy)
            accuracy.push_back({terminal::visible(curve.run), curve.points});
        ordered_json timelines = ordered_json::array();
        for (const RunTimeline& own : charts.timelines) {
            ordered_json phases = ordered_json::array();
            for (const auto& [name, start] : own.timeline.phases)
                phases.push_back({terminal::visible(name), start});
            timelines.push_back({terminal::visible(own.run), own.timeline.points, phases,
                                 own.timeline.seconds, own.timeline.what});
        }
        ordered_json texts = ordered_json::object();
        for (const char* english : {"Pareto front: no run takes less of both", "other runs", "peak memory",
                                    "time", "accuracy", "epoch", "rows", "of", "run"})
            texts[english] = translated(english, document_.language);
        return {{"costs", costs},
                {"part_names", charts.part_names},
                {"attributed", charts.attributed},
                {"parts", parts},
                {"accuracy", accuracy},
                {"timelines", timelines},
                {"texts", texts}};
    }

    void write_scripts() {
        out_ << "<script type=\"application/json\" id=\"data\">" << script_json(chart_data())
             << "</script>\n";
        if (has_charts()) {
            out_ << "<!-- Chart.js, which follows, is under this licence:\n\n"
                 << page::kLibraryLicence << "-->\n<script>" << page::kChartLibrary << "</script>\n";
        }
        out_ << "<script>\n" << page::kScript << "</script>\n</body>\n</html>\n";
    }

    const Document& document_;
    std::ostream& out_;
};

}  // namespace

void render_html_document(const Document& document, std::ostream& out) {
    Page(document, out).write();
}

}  // namespace tidemark::report
