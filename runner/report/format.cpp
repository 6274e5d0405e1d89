#include "report/format.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tidemark::report {
namespace {

struct Exporter {
    std::string_view name;
    Format format;
    void (*render)(const Table&, std::ostream&);
};

constexpr std::array kExporters{Exporter{"text", Format::Text, render_text},
                                Exporter{"markdown", Format::Markdown, render_markdown},
                                Exporter{"html", Format::Html, render_html},
                                Exporter{"csv", Format::Csv, render_csv},
                                Exporter{"spreadsheet-csv", Format::SpreadsheetCsv, render_spreadsheet_csv},
                                Exporter{"json", Format::Json, render_json}};

}  // namespace

const std::vector<std::string>& format_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Exporter& exporter : kExporters) all.emplace_back(exporter.name);
        return all;
    }();
    return names;
}

Format format_from_name(std::string_view name) {
    return std::ranges::find(kExporters, name, &Exporter::name)->format;
}

void render(const Table& table, Format format, std::ostream& out) {
    std::ranges::find(kExporters, format, &Exporter::format)->render(table, out);
}

}  // namespace tidemark::report
