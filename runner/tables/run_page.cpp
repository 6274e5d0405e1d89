#include "tables/run_page.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/median.hpp"
#include "protocol/figure_value.hpp"
#include "protocol/peak_memory.hpp"
#include "results/units.hpp"
#include "run/epoch_peaks.hpp"
#include "run/heap_layout.hpp"
#include "run/left_files.hpp"
#include "sql/connection.hpp"
#include "tables/advice_text.hpp"
#include "tables/caveats.hpp"
#include "tables/figure_text.hpp"
#include "terminal/display_text.hpp"
#include "terminal/shell_words.hpp"

namespace tidemark::tables {
namespace {

using protocol::Unit;
using report::Cell;
using report::Table;

/// A table of facts: a name and a value each.
class Facts {
  public:
    explicit Facts(std::string title) {
        table_.title = std::move(title);
        table_.columns = {{"name", "", Unit::None, false}, {"value", "", Unit::None, true}};
    }
    void add(const std::string& name, const Value& value, const std::string& missing = {},
             bool disturbed = false) {
        Cell cell{value, missing};
        cell.disturbed = disturbed && !is_null(value);
        table_.rows.push_back({Cell{name, {}}, std::move(cell)});
    }
    /// A plain number, of which people see the thousands and machines all digits.
    void add_number(const std::string& name, double value, bool disturbed) {
        add(name, median_value(value, value == std::floor(value)), {}, disturbed);
        table_.rows.back().back().unit = Unit::Count;
    }
    /// A value that is shown as a command was told it.
    void add_told(const std::string& name, const Value& value, const std::string& told) {
        add(name, value);
        table_.rows.back().back().told = told;
    }
    bool empty() const { return table_.rows.empty(); }
    Table take() { return std::move(table_); }

  private:
    Table table_;
};

class RunPage {
  public:
    RunPage(const store::StoredRun& stored, const sweep::WorkloadCatalogue& catalogue,
            const std::string& command, const std::optional<AdvisedRun>& advised)
        : stored_(stored),
          record_(stored.record),
          workload_(catalogue.find(stored.record.request.workload)),
          units_(results::units_of(stored.record.request, workload_)),
          disturbed_(run::disturbed_figures(stored.record.measurement)),
          command_(command),
          advised_(advised) {}

    std::vector<Table> sections() {
        add_outcome();
        add_advice();
        add_parameters();
        add_inherited();
        add_service();
        add_figures("measured", protocol::FigureGroup::Measured);
        if (!record_.epochs.empty()) add_figures("growth", protocol::FigureGroup::Growth);
        add_figures("resources", protocol::FigureGroup::Resources);
        add_metrics();
        add_epochs();
        add_phases();
        add_attempts();
        add_provenance();
        add_warnings();
        add_left_files();
        add_repetition();
        return std::move(sections_);
    }

  private:
    void add(Facts facts) {
        if (!facts.empty()) sections_.push_back(facts.take());
    }

    void add_outcome() {
        Facts facts("run " + record_.request.run);
        facts.add("run id", record_.request.run_id);
        facts.add("sweep", record_.request.sweep);
        facts.add("repeat", std::int64_t{record_.request.repeat});
        if (record_.request.heap_layout == protocol::HeapLayout::Varied) {
            facts.add("heap layout", fmt::format("varied: begins behind {} bytes",
                                                 run::heap_offset(record_.request.repeat)));
        }
        facts.add("status", stored_.status);
        if (!stored_.reason.empty()) facts.add("reason", stored_.reason);
        for (const protocol::Figure& figure : protocol::kFigures) {
            const Value value = protocol::value_of(figure, record_.measurement);
            if (figure.group == protocol::FigureGroup::Ending && !is_null(value))
                facts.add(std::string(figure.title), shown(value, figure.unit));
        }
        if (!record_.last_words.empty()) facts.add("last words", record_.last_words);
        facts.add("started", record_.measurement.started_at);
        if (!record_.request.captured_at.empty())
            facts.add("metrics", "read again from the kept logs " + record_.request.captured_at);
        if (!record_.request.revision.empty()) facts.add("revision", record_.request.revision);
        if (!stored_.annotations.tags.empty())
            facts.add("tags", fmt::format("{}", fmt::join(stored_.annotations.tags, ", ")));
        const std::string& note = stored_.annotations.note;
        for (std::size_t begin = 0; begin < note.size();) {  // line by line
            const std::size_t end = std::min(note.find('\n', begin), note.size());
            facts.add("noted", terminal::visible(note.substr(begin, end - begin)));
            begin = end + 1;
        }
        if (!stored_.latest)
            facts.add("note", std::string("a later attempt of this run replaces this one in `results`"));
        for (const std::string& caveat : brief_caveats(workload_, record_.request.parameters))
            facts.add("note", caveat);
        add(std::move(facts));
    }

    void add_advice() {
        if (!advised_) return;
        const results::Advice& advice = advised_->advice;
        Facts facts("the change of one parameter that helps most");
        facts.add("change", change_text(advice));
        facts.add("peak memory", peak_text(advice));
        facts.add("instead of", "more than " + figure_text(advice.more_than, Unit::Bytes));
        if (advice.peak.measured) {
            facts.add("measured of", advised_->name);
        } else {
            facts.add("predicted",
                      fmt::format("from {} measured runs, with a confidence of 95 %", advice.measured_runs));
            facts.add("to try it", command_for(advised_->name));
        }
        add(std::move(facts));
    }

    void add_parameters() {
        Facts facts("parameters");
        for (const auto& [name, value] : record_.request.parameters) {
            const auto told = record_.request.told.find(name);
            facts.add_told(name, value, told == record_.request.told.end() ? std::string() : told->second);
        }
        add(std::move(facts));
    }

    /// What may change what the program does, and does not stand in the sweep file.
    void add_inherited() {
        Facts facts("inherited from the caller's environment");
        if (record_.request.inherit) {
            facts.add("inherit", record_.request.inherit->empty()
                                     ? std::string("none")
                                     : fmt::format("{}", fmt::join(*record_.request.inherit, ", ")));
        }
        for (const auto& [name, value] : record_.request.variables) facts.add(name, terminal::visible(value));
        add(std::move(facts));
    }

    /// What ran beside it, and where its logs are, if they are kept.
    void add_service() {
        if (!record_.request.service) return;
        const protocol::Service& service = *record_.request.service;
        const auto words = [](const std::vector<std::string>& command) {
            return terminal::visible(typed(command));
        };
        Facts facts("service beside it");
        facts.add("command", words(service.command));
        if (service.port) facts.add("ready at port", std::int64_t{*service.port});
        if (!service.line.empty()) facts.add("ready by line", terminal::visible(service.line));
        if (!service.check.empty()) facts.add("ready by check", words(service.check));
        facts.add("directory", run::RunDirectory(record_.directory).service().string());
        add(std::move(facts));
    }

    /// As one types it in a shell.
    static std::string typed(const std::vector<std::string>& command) {
        std::vector<std::string> words;
        for (const std::string& word : command) words.push_back(terminal::shell_word(word));
        return fmt::format("{}", fmt::join(words, " "));
    }
    bool is_marked(std::string_view column) const {
        return is_disturbed(disturbed_, column, units_.noise(column));
    }
    Cell figure_cell(std::string_view column, const Value& value) const {
        Cell cell{value, {}};
        cell.disturbed = is_marked(column);
        return cell;
    }

    std::string why(const std::string& column) const {
        const auto found = record_.measurement.missing.find(column);
        return found == record_.measurement.missing.end() ? std::string("not measured") : found->second;
    }

    /// The measured figures of one part of the page.
    void add_figures(const char* title, protocol::FigureGroup group) {
        Facts facts(title);
        for (const protocol::Figure& figure : protocol::kFigures) {
            if (figure.group != group) continue;
            facts.add(std::string(figure.title),
                      shown(protocol::value_of(figure, record_.measurement), figure.unit),
                      why(std::string(figure.name)), is_marked(figure.name));
        }
        add(std::move(facts));
    }

    static Value shown(const Value& value, Unit unit) {
        if (const auto* flag = std::get_if<bool>(&value)) return std::string(*flag ? "yes" : "no");
        const auto number = number_of(value);
        return number && (unit == Unit::Bytes || unit == Unit::Seconds) ? Value(figure_text(*number, unit))
                                                                        : value;
    }

    report::Column figure_column(const std::string& name) const {
        return {name, units_.heading(name), units_.of(name), false};
    }

    void add_metrics() {
        Facts facts("metrics");
        for (const auto& [name, value] : record_.final_metrics) {
            const Unit unit = units_.of(name);
            if (std::isfinite(value) && (unit == Unit::None || unit == Unit::Count))
                facts.add_number(name, value, is_marked(name));
            else
                facts.add(name, Value(figure_text(value, unit)), {}, is_marked(name));
        }
        for (const auto& [name, text] : record_.facts) facts.add(name, text);
        add(std::move(facts));
    }

    Cell peak_cell(const run::EpochPeak& peak) const {
        Cell cell = figure_cell(protocol::kPeakMemory.name, peak.best);
        const auto number = [](std::int64_t bytes) { return static_cast<double>(bytes); };
        cell.doubt = protocol::doubt_of_peak(number(peak.low),
                                             peak.high ? std::optional(number(*peak.high)) : std::nullopt);
        return cell;
    }

    /// One row an epoch, one column a metric.
    void add_epochs() {
        Table table;
        table.title = "by epoch";
        table.columns.push_back({"epoch", "epoch", Unit::None, false});
        std::map<std::int64_t, std::map<std::string, double>> epochs;
        std::vector<std::string> names;
        for (const protocol::Metric& metric : record_.metrics) {
            if (!metric.epoch) continue;
            if (std::ranges::find(names, metric.name) == names.end()) names.push_back(metric.name);
            epochs[*metric.epoch][metric.name] = metric.value;
        }
        for (const std::string& name : names) {
            table.columns.push_back(figure_column(name));
        }
        std::map<std::int64_t, Cell> peaks, largest;
        for (const run::EpochSpan& span : record_.epochs) {
            if (const auto peak =
                    run::peak_of_epoch(span, record_.phases, record_.measurement.peak_rss_high_bytes))
                peaks[span.epoch] = peak_cell(*peak);
            if (span.largest_sample_bytes)
                largest[span.epoch] = figure_cell(protocol::kPeakMemory.name, *span.largest_sample_bytes);
            epochs.try_emplace(span.epoch);
        }
        if (!peaks.empty()) table.columns.push_back(figure_column(std::string(protocol::kPeakMemory.name)));
        if (!largest.empty())
            table.columns.push_back({"largest_sample_bytes", "largest sample", Unit::Bytes, false});
        for (const auto& [epoch, values] : epochs) {
            auto& row = table.rows.emplace_back();
            row.resize(table.columns.size());
            row.front().value = epoch;
            const auto of_epoch = [number = epoch](const std::map<std::int64_t, Cell>& known,
                                                   const char* missing) {
                const auto cell = known.find(number);
                return cell == known.end() ? Cell{Value(), missing} : cell->second;
            };
            if (!largest.empty()) row.back() = of_epoch(largest, "no sample");
            if (!peaks.empty()) row[names.size() + 1] = of_epoch(peaks, "no phase of its own was announced");
            for (std::size_t i = 0; i < names.size(); ++i) {
                const auto value = values.find(names[i]);
                if (value != values.end()) row[i + 1] = figure_cell(names[i], value->second);
            }
        }
        if (!epochs.empty()) sections_.push_back(std::move(table));
    }

    void add_phases() {
        Table table;
        table.title = "phases";
        table.columns = {{"name", "phase", Unit::None, false},
                         {"start_s", "start", Unit::Seconds, false},
                         figure_column("wall_s"),
                         figure_column("peak_rss_bytes"),
                         {"peak_sample_bytes", "largest sample", Unit::Bytes, false}};
        const auto bytes = [&](const std::optional<std::int64_t>& value, const char* missing) {
            return value ? figure_cell(protocol::kPeakMemory.name, *value) : Cell{Value(), missing};
        };
        for (const run::PhaseSpan& phase : record_.phases) {
            table.rows.push_back(
                {Cell{phase.name, {}}, Cell{phase.start.value, {}}, figure_cell("wall_s", phase.wall.value),
                 bytes(phase.peak_rss_bytes, "not announced"), bytes(phase.peak_sample_bytes, "no sample")});
        }
        if (!table.rows.empty()) sections_.push_back(std::move(table));
    }

    /// The other repeats, and attempts that were replaced.
    void add_attempts() {
        if (stored_.attempts.size() < 2) return;
        Table table;
        table.title = "all repeats and attempts";
        table.columns = {{"run_id", "run id", Unit::None, false},
                         {"repeat", "repeat", Unit::None, false},
                         {"status", "status", Unit::None, false},
                         figure_column("peak_rss_bytes"),
                         figure_column("wall_s"),
                         {"note", "", Unit::None, false}};
        for (const store::Attempt& attempt : stored_.attempts) {
            const std::string note = attempt.run_id == record_.request.run_id ? "this one"
                                     : attempt.latest                         ? ""
                                                                              : "replaced by a later one";
            const auto figure = [&](std::string_view name, const auto& value) {
                if (!value) return Cell{};
                Cell cell{*value, {}};
                cell.disturbed = is_disturbed(attempt.disturbed, name, units_.noise(name));
                return cell;
            };
            table.rows.push_back({Cell{attempt.run_id, {}}, Cell{std::int64_t{attempt.repeat}, {}},
                                  Cell{attempt.status, {}},
                                  figure(protocol::kPeakMemory.name, attempt.peak_rss_bytes),
                                  figure("wall_s", attempt.wall_s), Cell{note, {}}});
        }
        sections_.push_back(std::move(table));
    }

    void add_provenance() {
        Facts facts("made by and on");
        for (const auto& [name, text] : stored_.provenance) facts.add(name, text);
        add(std::move(facts));
    }

    void add_warnings() {
        Facts facts("warnings");
        for (const std::string& text : record_.warnings) facts.add("warning", text);
        if (!note_on_disturbed(sections_, Texts(Language::English)).empty())
            facts.add("*",
                      std::string("a figure that was disturbed while it was measured, by what stands here"));
        add(std::move(facts));
    }

    /// As they are now: what was removed since is not there.
    void add_left_files() {
        constexpr std::size_t kMostFiles = 100;
        Facts facts("files that it left");
        std::string problem;
        const auto files = run::left_files(run::RunDirectory(record_.directory).run_dir(), problem);
        for (const run::LeftFile& file : std::span(files).first(std::min(files.size(), kMostFiles))) {
            facts.add(terminal::visible(file.name),
                      file.link.empty() ? to_text(file.size) : "a link to " + terminal::visible(file.link));
        }
        if (files.size() > kMostFiles) facts.add("and", fmt::format("{} more", files.size() - kMostFiles));
        if (!problem.empty()) facts.add("not all", terminal::visible(problem));
        add(std::move(facts));
    }

    void add_repetition() {
        Facts facts("to see more and to repeat it");
        facts.add("directory", record_.directory);
        facts.add("command of the run", typed(record_.request.command));
        facts.add("command of the sweep", stored_.command_line);
        if (!stored_.file.empty()) facts.add("this run alone", command_for(record_.request.run, " --fresh"));
        add(std::move(facts));
    }

    /// A run of its sweep, with the values and the database that that was made with.
    std::string command_for(const std::string& run, const std::string& more = {}) const {
        std::string text = fmt::format("{} run {}", command_, terminal::shell_word(stored_.file));
        const std::vector<std::string> words = terminal::split_shell_words(stored_.command_line);
        for (std::size_t i = 0; i < words.size(); ++i) {
            constexpr std::array<std::string_view, 3> kKept{"--set", "--limit", "--db"};
            const bool joined = std::ranges::any_of(kKept, [&](std::string_view option) {
                return words[i].starts_with(std::string(option) + "=");
            });
            const bool apart = std::ranges::find(kKept, words[i]) != kKept.end() && i + 1 < words.size();
            if (joined || apart) text += ' ' + terminal::shell_word(words[i]);
            if (apart) text += ' ' + terminal::shell_word(words[i + 1]);
        }
        const std::string condition = "run = " + sql::quoted_text(run);
        return fmt::format("{}{} --only {}", text, more, terminal::shell_word(condition));
    }

    const store::StoredRun& stored_;
    const run::Record& record_;
    const protocol::WorkloadDescription* workload_;
    results::Units units_;
    run::Disturbed disturbed_;
    std::string command_;
    const std::optional<AdvisedRun>& advised_;
    std::vector<Table> sections_;
};

}  // namespace

std::vector<Table> run_page(const store::StoredRun& stored, const sweep::WorkloadCatalogue& catalogue,
                            const std::string& command, const std::optional<AdvisedRun>& advised) {
    return RunPage(stored, catalogue, command, advised).sections();
}

/// For CSV and JSON: all sections in one table.
Table run_page_for_machines(const std::vector<Table>& sections) {
    Table flat;
    flat.columns = {{"section", "section", Unit::None, false},
                    {"name", "name", Unit::None, false},
                    {"value", "value", Unit::None, true},
                    {"disturbed", "disturbed", Unit::None, false}};
    for (const Table& section : sections) {
        for (const auto& row : section.rows) {
            for (std::size_t column = 1; column < row.size(); ++column) {
                const std::string name = to_text(row[0].value);
                const bool is_fact = section.columns[column].heading.empty();
                flat.rows.push_back(
                    {Cell{section.title, {}},
                     Cell{is_fact ? name : fmt::format("{} {}", name, section.columns[column].name), {}},
                     row[column], row[column].disturbed ? Cell{std::string("yes"), {}} : Cell{}});
            }
        }
    }
    return flat;
}

}  // namespace tidemark::tables
