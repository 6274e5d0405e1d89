#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "report/document.hpp"
#include "report/markup.hpp"
#include "report/page/page_parts.hpp"
#include "report/page_data.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

/// Nothing may be fetched, from nowhere: what the page needs is in it.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/// More warnings than these are folded up, so that the figures stay on the first screen.
constexpr std::size_t kMostOpenWarnings = 3;

/// The class of a field in the style; empty: none.
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

std::string_view attribute_of(Better better) {
    switch (better) {
        case Better::Less:
            return "less";
        case Better::More:
            return "more";
        case Better::Unknown:
            break;
    }
    return "unknown";
}

/// What the sheet says of a column, else what its unit does; nothing where it is no figure.
std::optional<Better> figure_of(const RunSheet& sheet, const Column& column) {
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
        if (sheet.table.columns[i].name != column.name) continue;
        if (sheet.columns[i].kind != ColumnKind::Figure) return std::nullopt;
        return sheet.columns[i].better;
    }
    switch (column.unit) {
        case protocol::Unit::Bytes:
        case protocol::Unit::Seconds:
            return Better::Less;
        case protocol::Unit::PerSecond:
        case protocol::Unit::BytesPerSecond:
            return Better::More;
        case protocol::Unit::None:
        case protocol::Unit::Count:
        case protocol::Unit::Fraction:
            break;
    }
    return std::nullopt;
}

/// As JavaScript reads it.
std::string for_script(const Value& value) {
    const auto* real = std::get_if<double>(&value);
    if (real == nullptr || !std::isinf(*real)) return to_text(value);
    return *real > 0 ? "Infinity" : "-Infinity";
}

/// Its rows say what they are, each by its first field.
bool has_headings(const Table& table) {
    return std::ranges::any_of(table.columns, [](const Column& column) { return !column.heading.empty(); });
}

/// No row has a value there.
bool is_empty(const Table& table, std::size_t column) {
    return !table.rows.empty() &&
           std::ranges::all_of(table.rows, [&](const auto& row) { return is_null(row[column].value); });
}

class Page {
  public:
    Page(const Document& document, std::ostream& out) : document_(document), out_(out) {
        if (!document.sheet) return;
        for (const SheetRun& run : document.sheet->runs) numbers_.try_emplace(run.name, numbers_.size());
    }

    void write() {
        write_head();
        write_opening();
        write_warnings();
        write_toolbar();
        if (document_.sheet) write_table(document_.sheet->table, "runs");
        write_charts();
        for (std::size_t i = 0; i < document_.tables.size() && shows_tables(); ++i)
            write_table(document_.tables[i], fmt::format("table{}", i + 1));
        write_notes();
        write_files();
        out_ << "</main>\n<footer>" << text(origin()) << "</footer>\n";
        if (document_.sheet) out_ << "<aside id=\"drawer\" hidden></aside>\n";
        write_scripts();
    }

  private:
    static std::string text(std::string_view any) { return escaped_for_markup(terminal::visible(any)); }
    std::string words(std::string_view english) const {
        return escaped_for_markup(translated(english, document_.language));
    }
    bool shows_tables() const { return !document_.sheet || !document_.sheet->replaces_tables; }

    void write_head() {
        out_ << "<!doctype html>\n<html lang=\""
             << (document_.language == Language::Chinese ? "zh-Hans" : "en")
             << "\">\n<head>\n<meta charset=\"utf-8\">\n"
             << "<meta http-equiv=\"Content-Security-Policy\" content=\"" << kPolicy << "\">\n"
             << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             << "<meta name=\"color-scheme\" content=\"light dark\">\n"
             << "<title>" << text(document_.title) << "</title>\n<style>\n"
             << page::kStyle << page::kStyleOfTables << page::kStyleOfPaper << "</style>\n</head>\n<body>\n";
    }

    void write_opening() {
        out_ << "<header>\n<div class=\"headline\"><h1>" << text(document_.title)
             << "</h1>\n<button type=\"button\" id=\"theme\" data-dark=\"" << words("Dark")
             << "\" data-light=\"" << words("Light") << "\"></button></div>\n";
        if (!document_.description.empty())
            out_ << "<p class=\"description\">" << text(document_.description) << "</p>\n";
        out_ << "</header>\n<main>\n";
        if (document_.sheet)
            out_ << "<section id=\"answer\" aria-label=\"" << words("Best runs") << "\"></section>\n";
    }

    void write_warnings() {
        std::vector<std::string> warnings;
        for (const Note& note : document_.notes) {
            if (note.is_warning) warnings.push_back(note.text);
        }
        if (warnings.empty()) return;
        const bool folded = warnings.size() > kMostOpenWarnings;
        out_ << "<section id=\"warnings\" aria-label=\"" << words("Warnings") << "\">\n";
        if (folded)
            out_ << "<details><summary>" << words("Warnings") << ": " << warnings.size() << ". "
                 << text(warnings.front()) << "</summary>\n";
        out_ << "<ul>\n";
        for (const std::string& warning : warnings) out_ << "<li>" << text(warning) << "</li>\n";
        out_ << "</ul>\n" << (folded ? "</details>\n" : "") << "</section>\n";
    }

    void write_field(const char* id, std::string_view label, const char* kind, std::string_view hint) {
        out_ << "<label><span class=\"unseen\">" << words(label) << "</span><input type=\"" << kind
             << "\" id=\"" << id << "\" placeholder=\"" << words(hint) << "\" title=\"" << words(label)
             << "\"></label>\n";
    }

    /// One for the page: whatever is shown of runs follows it.
    void write_toolbar() {
        out_ << "<div id=\"toolbar\">\n";
        if (!document_.sheet) write_field("filter", "Filter rows", "search", "Filter rows");
        if (document_.sheet) {
            write_field("filter", "Filter: words, name=value, memory<1GiB, -not this", "search",
                        "Filter runs");
            write_field("ceiling", "A memory ceiling, such as 1 GiB", "text", "Memory ceiling");
            out_ << "<button type=\"button\" id=\"tick-all\">" << words("Tick all")
                 << "</button>\n<button type=\"button\" id=\"tick-none\">" << words("Tick none")
                 << "</button>\n";
        }
        out_ << "<details id=\"columns\"><summary>" << words("Columns") << "</summary><div></div></details>\n"
             << "<output id=\"count\" aria-live=\"polite\"></output>\n<nav aria-label=\"" << words("Contents")
             << "\">\n";
        if (document_.sheet) out_ << "<a href=\"#runs\">" << text(document_.sheet->table.title) << "</a>\n";
        if (has_charts()) out_ << "<a href=\"#charts\">" << words("Charts") << "</a>\n";
        for (std::size_t i = 0; i < document_.tables.size() && shows_tables(); ++i)
            out_ << "<a href=\"#table" << i + 1 << "\">" << text(document_.tables[i].title) << "</a>\n";
        out_ << "</nav>\n</div>\n";
    }

    bool has_costs() const {
        return document_.sheet &&
               std::ranges::any_of(document_.sheet->runs, [](const SheetRun& run) { return run.ok; });
    }
    bool has_charts() const {
        if (!document_.sheet) return false;  // which the charts choose their runs from
        const Charts& charts = document_.charts;
        return has_costs() || !charts.parts.empty() || !charts.curves.empty() || !charts.timelines.empty();
    }

    void write_chart(const char* id, std::string_view title, bool is_there) {
        if (!is_there) return;
        out_ << "<figure id=\"" << id << "\"><figcaption>" << words(title)
             << " <span class=\"choice\"></span></figcaption>\n<div class=\"drawing\"><div "
                "class=\"canvas\"><canvas tabindex=\"0\" role=\"img\" aria-label=\""
             << words(title) << "\"></canvas></div><div class=\"legend\"></div></div>\n"
             << "<p class=\"note\"></p></figure>\n";
    }

    void write_charts() {
        if (!has_charts()) return;
        const Charts& charts = document_.charts;
        out_ << "<section id=\"charts\" aria-label=\"" << words("Charts") << "\">\n<div class=\"charts\">\n";
        write_chart("costs", "Peak memory against time", has_costs());
        write_chart("parts", "Peak memory by part", !charts.parts.empty());
        write_chart("curves", "By epoch", !charts.curves.empty());
        write_chart("over-time", "Memory over time", !charts.timelines.empty());
        write_chart("predicted", "Predicted against measured", has_predictions());
        out_ << "</div>\n";
        for (const std::string& note : charts.notes) out_ << "<p class=\"note\">" << text(note) << "</p>\n";
        out_ << "</section>\n";
    }

    /// A figure, and the same with `predicted_` before its name.
    bool has_predictions() const {
        if (!document_.sheet) return false;
        return std::ranges::any_of(document_.sheet->table.columns, [](const Column& column) {
            return column.name.starts_with("predicted_");
        });
    }

    void write_heading_cell(const Table& table, std::size_t column, const Presentation& shown) {
        const Column& own = table.columns[column];
        out_ << "<th scope=\"col\"" << (shown.columns[column].numeric ? " class=\"number\"" : "")
             << " data-name=\"" << text(own.name) << '"';
        if (document_.sheet && shown.columns[column].numeric && !table.runs.empty()) {
            if (const auto better = figure_of(*document_.sheet, own))
                out_ << " data-better=\"" << attribute_of(*better) << '"';
        }
        if (is_empty(table, column)) out_ << " data-empty";
        out_ << "><button type=\"button\">" << escaped_for_markup(shown.columns[column].heading)
             << "</button></th>";
    }

    void write_table(const Table& table, const std::string& id) {
        const Presentation shown = present(table);
        const bool is_titled_above = table.title == document_.title;
        out_ << "<section id=\"" << id << "\" class=\"table\">\n<h2"
             << (is_titled_above ? " class=\"unseen\">" : ">") << text(table.title)
             << "</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
             << "aria-label=\"" << text(table.title) << "\"><table id=\"" << id << "-rows\""
             << (has_headings(table) ? "" : " class=\"facts\"") << ">\n<thead><tr>";
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            write_heading_cell(table, column, shown);
        out_ << "</tr></thead>\n<tbody>\n";
        for (std::size_t row = 0; row < shown.rows.size(); ++row) {
            out_ << "<tr" << run_attribute(table, row) << '>';
            for (std::size_t column = 0; column < shown.columns.size(); ++column)
                write_cell(table.rows[row][column], shown.rows[row][column], shown.columns[column].numeric);
            out_ << "</tr>\n";
        }
        out_ << "</tbody>\n</table></div>\n<p class=\"note left-out\" hidden></p>\n";
        for (const std::string& note : table.notes) out_ << "<p class=\"note\">" << text(note) << "</p>\n";
        out_ << "</section>\n";
    }

    /// Which of the page's runs the row is of.
    std::string run_attribute(const Table& table, std::size_t row) const {
        if (row >= table.runs.size()) return {};
        const auto number = numbers_.find(table.runs[row]);
        return number == numbers_.end() ? std::string() : fmt::format(" data-run=\"{}\"", number->second);
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

    void write_notes() {
        bool any = false;
        for (const Note& note : document_.notes) {
            if (note.is_warning) continue;
            if (!any)
                out_ << "<section id=\"notes\"><h2>" << words("How to read the figures") << "</h2>\n<ul>\n";
            any = true;
            out_ << "<li>" << text(note.text) << "</li>\n";
        }
        if (any) out_ << "</ul></section>\n";
    }

    void write_files() {
        if (!document_.sheet || document_.sheet->files.empty()) return;
        out_ << "<section id=\"files\">\n";
        for (const DetailSection& file : document_.sheet->files)
            out_ << "<details><summary>" << words("The sweep file as it is now") << ": " << text(file.title)
                 << "</summary><pre>" << escaped_for_markup(file.text) << "</pre></details>\n";
        out_ << "</section>\n";
    }

    std::string origin() const {
        std::string line;
        for (const auto& [name, value] : document_.origin)
            line += (line.empty() ? "" : " · ") + translated(name, document_.language) + " " + value;
        return line;
    }

    void write_scripts() {
        out_ << "<script type=\"application/json\" id=\"data\">" << page_data(document_) << "</script>\n";
        if (document_.sheet)
            out_ << "<script type=\"application/json\" id=\"details\">" << page_details(document_)
                 << "</script>\n";
        if (has_charts()) {
            out_ << "<!-- Chart.js, which follows, is under this licence:\n\n"
                 << page::kLibraryLicence << "-->\n<script>" << page::kChartLibrary << "</script>\n";
        }
        out_ << "<script>\n\"use strict\";\n(() => {\n";
        for (const std::string_view script :
             {page::kScriptOfValues, page::kScriptOfState, page::kScriptOfFilter, page::kScriptOfTables})
            out_ << script;
        if (document_.sheet) {
            for (const std::string_view script : {page::kScriptOfAnswer, page::kScriptOfDrawer})
                out_ << script;
        }
        if (has_charts()) {
            for (const std::string_view script : {page::kScriptOfChartParts, page::kScriptOfCharts,
                                                  page::kScriptOfCurves, page::kScriptOfTimelines})
                out_ << script;
        }
        out_ << page::kScriptOfStart << "})();\n</script>\n</body>\n</html>\n";
    }

    const Document& document_;
    std::ostream& out_;
    std::map<std::string, std::size_t> numbers_;  ///< of the sheet's runs
};

}  // namespace

void render_html_document(const Document& document, std::ostream& out) {
    Page(document, out).write();
}

}  // namespace tidemark::report
