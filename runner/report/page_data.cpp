#include "report/page_data.hpp"

#include <array>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

using nlohmann::ordered_json;

/// What the script says by itself; `{0}` is filled in there.
constexpr std::array kWords{
    "Least memory",
    "Fastest",
    "Best {0}",
    "Memory ceiling",
    "{0} of {1} runs fit",
    "{0} cannot be told",
    "Only what fits",
    "not a size: write 512 MiB or 1.5 GiB",
    "Checks",
    "{0} of {1} pass",
    "no run ended well",
    "and {0} more",
    "or {0} more that cannot be told apart",
    "not made",
    "reference",
    "Show this run",
    "Compare with this run",
    "All about this run",
    "Close",
    "{0} of {1} runs",
    "{0} of {1} rows",
    "Left out, for no row has a value: {0}",
    "Pareto front: no run takes less of both",
    "other runs",
    "epoch",
    "metric",
    "seeds together",
    "peak",
    "predicted",
    "as measured",
    "the first {0} of {1} runs; tick those that you want",
    "the {0} with the highest peaks of {1} runs",
};

/// JSON within a `<script>`: no `<` in it can end the element.
std::string script_json(const ordered_json& json) {
    const std::string text = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    std::string out;
    out.reserve(text.size());
    for (const char letter : text) {
        if (letter == '<')
            out += "\\u003c";
        else
            out += letter;
    }
    return out;
}

ordered_json number(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json number(const std::optional<double>& value) {
    return value ? number(*value) : ordered_json();
}

/// From where to where; a null instead of the latter where nothing bounds it.
ordered_json interval_json(const std::optional<Interval>& interval) {
    if (!interval) return nullptr;
    return {number(interval->low), number(interval->high)};
}

const char* to_text(Better better) {
    switch (better) {
        case Better::Less:
            return "less";
        case Better::More:
            return "more";
        case Better::Unknown:
            break;
    }
    return "";
}

const char* to_text(ColumnKind kind) {
    switch (kind) {
        case ColumnKind::Name:
            return "name";
        case ColumnKind::Parameter:
            return "parameter";
        case ColumnKind::Text:
            return "text";
        case ColumnKind::Figure:
            break;
    }
    return "figure";
}

/// The runs by their numbers, which is how the script knows them.
class RunNumbers {
  public:
    explicit RunNumbers(const Document& document) {
        if (!document.sheet) return;
        for (const SheetRun& run : document.sheet->runs) numbers_.try_emplace(run.name, numbers_.size());
    }
    std::optional<std::size_t> of(const std::string& run) const {
        const auto found = numbers_.find(run);
        if (found == numbers_.end()) return std::nullopt;
        return found->second;
    }

  private:
    std::map<std::string, std::size_t> numbers_;
};

ordered_json columns_json(const RunSheet& sheet, const Presentation& shown) {
    ordered_json columns = ordered_json::array();
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
        const Column& column = sheet.table.columns[i];
        columns.push_back({{"name", terminal::visible(column.name)},
                           {"heading", terminal::visible(column.heading)},
                           {"kind", to_text(sheet.columns[i].kind)},
                           {"better", to_text(sheet.columns[i].better)},
                           {"shown", sheet.columns[i].shown},
                           {"by", shown.columns[i].divisor},
                           {"unit", shown.columns[i].unit}});
    }
    return columns;
}

/// A number where it is one, so that it can be reckoned with; else as it is shown.
ordered_json value_json(const Cell& cell, const std::string& shown) {
    if (is_null(cell.value)) return nullptr;
    const auto value = number_of(cell.value);
    if (value && is_number(cell.value)) return number(*value);
    return shown;
}

ordered_json runs_json(const RunSheet& sheet, const Presentation& shown) {
    ordered_json runs = ordered_json::array();
    for (std::size_t i = 0; i < sheet.runs.size(); ++i) {
        const SheetRun& own = sheet.runs[i];
        ordered_json values = ordered_json::array();
        ordered_json told = ordered_json::object();  // where it is not the text of the value
        ordered_json ranges = ordered_json::object();
        ordered_json doubts = ordered_json::object();
        for (std::size_t column = 0; column < sheet.columns.size(); ++column) {
            const Cell& cell = sheet.table.rows[i][column];
            values.push_back(value_json(cell, shown.rows[i][column]));
            const std::string key = std::to_string(column);
            if (sheet.columns[column].kind == ColumnKind::Parameter && is_number(cell.value))
                told[key] = shown.rows[i][column];
            if (cell.interval) ranges[key] = interval_json(cell.interval);
            if (cell.doubt) doubts[key] = interval_json(cell.doubt);
        }
        runs.push_back({{"name", terminal::visible(own.name)},
                        {"ok", own.ok},
                        {"low", number(own.peak_low)},
                        {"high", number(own.peak_high)},
                        {"values", values},
                        {"told", told},
                        {"ranges", ranges},
                        {"doubts", doubts},
                        {"sections", own.sections}});
    }
    return runs;
}

ordered_json ceilings_json(const RunSheet& sheet) {
    ordered_json ceilings = ordered_json::array();
    for (const Ceiling& ceiling : sheet.ceilings)
        ceilings.push_back({number(ceiling.bytes), terminal::visible(ceiling.source)});
    return ceilings;
}

ordered_json checks_json(const RunSheet& sheet, const RunNumbers& numbers) {
    ordered_json checks = ordered_json::array();
    for (const SheetCheck& check : sheet.checks) {
        const auto run = numbers.of(check.run);
        checks.push_back({{"check", terminal::visible(check.check)},
                          {"requirement", terminal::visible(check.requirement)},
                          {"run", run ? ordered_json(*run) : ordered_json()},
                          {"verdict", check.verdict},
                          {"explanation", terminal::visible(check.explanation)}});
    }
    return checks;
}

ordered_json parts_json(const Charts& charts, const RunNumbers& numbers) {
    ordered_json parts = ordered_json::array();
    for (const MemoryParts& own : charts.parts) {
        if (const auto run = numbers.of(own.run))
            parts.push_back({*run, own.bytes, interval_json(own.doubt)});
    }
    return parts;
}

ordered_json curves_json(const Charts& charts, const RunNumbers& numbers) {
    ordered_json all = ordered_json::array();
    for (const MetricCurves& metric : charts.curves) {
        ordered_json curves = ordered_json::array();
        for (const Curve& curve : metric.curves) {
            const auto run = numbers.of(curve.run);
            if (!run) continue;
            ordered_json points = ordered_json::array();
            for (const CurvePoint& point : curve.points) {
                if (point.low == point.high)
                    points.push_back({point.epoch, point.median});
                else
                    points.push_back({point.epoch, point.median, point.low, point.high});
            }
            curves.push_back({*run, points});
        }
        all.push_back({{"metric", terminal::visible(metric.metric)},
                       {"heading", terminal::visible(metric.heading)},
                       {"kind", std::string(protocol::to_text(metric.unit))},
                       {"curves", curves}});
    }
    return all;
}

ordered_json timelines_json(const Charts& charts, const RunNumbers& numbers) {
    constexpr double kPerSecond = 1000;  // finer than anything that is drawn
    ordered_json timelines = ordered_json::array();
    for (const RunTimeline& own : charts.timelines) {
        const auto run = numbers.of(own.run);
        if (!run) continue;
        ordered_json phases = ordered_json::array();
        for (const auto& [name, start] : own.timeline.phases)
            phases.push_back({terminal::visible(name), start});
        ordered_json points = ordered_json::array();
        for (const auto& [time, bytes] : own.timeline.points)
            points.push_back({std::round(time * kPerSecond) / kPerSecond,
                              std::isfinite(bytes) ? ordered_json(std::llround(bytes)) : ordered_json()});
        timelines.push_back({*run, points, phases, own.timeline.seconds, own.timeline.what});
    }
    return timelines;
}

ordered_json section_json(const DetailSection& section) {
    if (!section.text.empty()) return {{"title", section.title}, {"text", section.text}};
    return {{"title", section.title}, {"headings", section.headings}, {"rows", section.rows}};
}

}  // namespace

std::string page_data(const Document& document) {
    ordered_json data;
    ordered_json texts = ordered_json::object();
    for (const char* english : kWords) {
        std::string text = translated(english, document.language);
        if (text != english) texts[english] = std::move(text);
    }
    data["texts"] = texts;
    if (!document.sheet) return script_json(data);
    const RunSheet& sheet = *document.sheet;
    const RunNumbers numbers(document);
    const Presentation shown = present(sheet.table);
    data["columns"] = columns_json(sheet, shown);
    data["runs"] = runs_json(sheet, shown);
    data["best"] = sheet.best;
    data["ceilings"] = ceilings_json(sheet);
    data["checks"] = checks_json(sheet, numbers);
    data["part_names"] = document.charts.part_names;
    data["attributed"] = document.charts.attributed;
    data["parts"] = parts_json(document.charts, numbers);
    data["curves"] = curves_json(document.charts, numbers);
    data["timelines"] = timelines_json(document.charts, numbers);
    return script_json(data);
}

std::string page_details(const Document& document) {
    ordered_json sections = ordered_json::array();
    for (const DetailSection& section : document.sheet->sections) sections.push_back(section_json(section));
    return script_json(sections);
}

}  // namespace tidemark::report
