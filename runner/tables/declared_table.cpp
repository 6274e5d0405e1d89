#include "tables/declared_table.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/median.hpp"
#include "base/suggestion.hpp"
#include "base/units.hpp"
#include "protocol/peak_memory.hpp"
#include "protocol/result_columns.hpp"
#include "report/language.hpp"
#include "results/units.hpp"
#include "sql/read_only_guard.hpp"
#include "tables/caveats.hpp"
#include "tables/status_cell.hpp"
#include "terminal/signals.hpp"

namespace tidemark::tables {
namespace {

using protocol::Unit;
using report::Cell;

constexpr Seconds kTimeLimit{60};  // of one table
constexpr std::string_view kStatus = "status";

std::optional<Unit> unit_named(const Value& value) {
    for (const Unit unit : {Unit::None, Unit::Bytes, Unit::Seconds, Unit::Fraction, Unit::PerSecond,
                            Unit::BytesPerSecond, Unit::Count}) {
        if (to_text(value) == protocol::to_text(unit)) return unit;
    }
    return std::nullopt;
}

/// Where in the SQL's row a shown column finds what.
struct Source {
    std::size_t value = 0;
    std::optional<std::size_t> low, high, why, why_chinese, unit, chinese;
};

/// The names of the SQL's columns.
class Names {
  public:
    explicit Names(const sql::Statement& statement) {
        for (int column = 0; column < statement.column_count(); ++column)
            names_.push_back(statement.column_name(column));
    }
    std::optional<std::size_t> find(const std::string& name) const {
        const auto found = std::ranges::find(names_, name);
        if (found == names_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - names_.begin());
    }
    Source source(const std::string& name) const {
        return {find(name).value_or(0), find(name + "_low"),  find(name + "_high"), find(name + "_why"),
                find(name + "_why_zh"), find(name + "_unit"), find(name + "_zh")};
    }
    const std::vector<std::string>& all() const { return names_; }

    bool tells_repeats_apart() const {
        return std::ranges::any_of(protocol::kRepeatColumns, [&](std::string_view name) {
            return find(std::string(name)).has_value();
        });
    }

  private:
    std::vector<std::string> names_;
};

using Row = std::vector<Value>;

class DeclaredTable {
  public:
    DeclaredTable(const sweep::Sweep& sweep, std::size_t number, const sweep::TableDefinition& definition,
                  results::CurrentResults& results, Language language)
        : sweep_(sweep),
          number_(number),
          definition_(definition),
          results_(results),
          units_(results::units_of(sweep, results)),
          language_(language) {}

    report::Table build() {
        table_.title = definition_.title.in(language_);
        const Names names(prepare());
        run_ = names.find("run");
        rows_are_runs_ = run_ && definition_.rows == sweep::TableRows::Runs && !names.tells_repeats_apart();
        choose_columns(names);
        if (rows_are_runs_) results_.show(results::Repeats::Counted);
        for (const std::vector<Row>& rows : read()) add_row(rows);
        results_.show(results::Repeats::All);
        if (const std::string& note = definition_.note.in(language_); !note.empty())
            table_.notes.push_back(note);
        return std::move(table_);
    }

  private:
    sql::Statement prepare() {
        try {
            return results_.prepare(definition_.sql);
        } catch (const sql::SqlError& error) {
            refuse(error);
        }
    }

    [[noreturn]] void refuse(const sql::SqlError& error) const {
        std::string message = error.what();
        if (error.is_interrupted() && terminal::SignalInterruption::any())
            throw Error(ExitCode::Interrupted, "interrupted");
        if (error.is_interrupted()) message = fmt::format("takes longer than {}", to_text(kTimeLimit));
        if (const auto unknown = error.unknown(); unknown && unknown->is_column()) {
            const std::vector<std::string_view> known(results_.columns().begin(), results_.columns().end());
            const std::string bare = unknown->name.substr(unknown->name.rfind('.') + 1);
            message = protocol::is_repeat_column(bare)
                          ? fmt::format(
                                "'{}' is of one repeat, and medians is of all of them; results has it", bare)
                          : fmt::format("no run has reported '{}'{}", unknown->name,
                                        did_you_mean(unknown->name, known));
        }
        throw UsageError(
            fmt::format("{}:{}:{}: tables[{}].sql: {}", sweep_.file_of(definition_.sql_position).string(),
                        definition_.sql_position.line, definition_.sql_position.column, number_, message));
    }

    void choose_columns(const Names& names) {
        if (definition_.columns.empty()) {
            for (std::size_t i = 0; i < names.all().size(); ++i) {
                const std::string& name = names.all()[i];
                sources_.push_back({i, {}, {}, {}, {}, {}, {}});
                if (std::ranges::find(sweep_.varying(), name) != sweep_.varying().end())
                    table_.columns.push_back({name, name, Unit::None, true, {}});
                else
                    table_.columns.push_back({name, heading_of(name), units_.of(name), false, {}});
                translations_.push_back(nullptr);
            }
            return;
        }
        for (const sweep::TableColumn& column : definition_.columns) {
            sources_.push_back(names.source(column.name));
            const bool exact = column.unit == Unit::None && !column.decimals &&
                               std::ranges::find(sweep_.varying(), column.name) != sweep_.varying().end();
            table_.columns.push_back(
                {column.name, column.heading.in(language_), column.unit, exact, column.decimals});
            translations_.push_back(&column.translations);
        }
    }

    /// Of a column that is not declared: of a figure, or a word of ours.
    std::string heading_of(const std::string& name) const {
        const std::string heading = units_.heading(name, language_);
        return heading == units_.heading(name) ? report::translated(heading, language_) : heading;
    }

    /// The rows of the SQL, those that belong to one row of the table together.
    std::vector<std::vector<Row>> read() {
        std::vector<std::vector<Row>> groups;
        std::map<std::string, std::size_t> by_run;
        try {
            const terminal::SignalInterruption interruption;
            const sql::ReadOnlyGuard guard(results_.connection(), kTimeLimit,
                                           terminal::SignalInterruption::any);
            sql::Statement statement = results_.prepare(definition_.sql);
            while (statement.step()) {
                Row row;
                for (int column = 0; column < statement.column_count(); ++column)
                    row.push_back(statement.value(column));
                if (rows_are_runs_) {
                    const auto [known, is_new] = by_run.try_emplace(to_text(row[*run_]), groups.size());
                    if (!is_new) {
                        groups[known->second].push_back(std::move(row));
                        continue;
                    }
                }
                groups.push_back({std::move(row)});
            }
        } catch (const sql::SqlError& error) {
            refuse(error);
        }
        return groups;
    }

    void add_row(const std::vector<Row>& rows) {
        auto& cells = table_.rows.emplace_back();
        const std::string run = run_ ? to_text(rows.front()[*run_]) : std::string();
        if (run_) table_.runs.push_back(run);
        for (std::size_t column = 0; column < sources_.size(); ++column)
            cells.push_back(cell_of(rows, run, column));
    }

    Cell cell_of(const std::vector<Row>& rows, const std::string& run, std::size_t column) const {
        const Source& source = sources_[column];
        const Row& first = rows.front();
        Cell cell = rows.size() > 1 ? together(rows, source.value) : Cell{first[source.value], {}};
        // the rows are those that count; whether all repeats ended ok, the run itself must say
        if (rows_are_runs_ && table_.columns[column].name == kStatus) {
            if (const auto* state = results_.find(run)) cell.value = std::string(to_text(state->status));
        }
        if (source.unit) cell.unit = unit_named(first[*source.unit]);
        if (source.low && source.high) {
            const auto low = number_of(first[*source.low]);
            const auto high = number_of(first[*source.high]);
            if (low && high && *low < *high) cell.interval = Interval{*low, *high};
        }
        if (rows_are_runs_ && table_.columns[column].name == protocol::kPeakMemory.name)
            cell.doubt = doubt_of_peak(run, cell.value);
        cell.disturbed = rows_are_runs_ && is_number(cell.value) && is_disturbed_figure(run, column);
        cell.told = results_.told(run, table_.columns[column].name, cell.value);
        if (holds_a_nan(rows, run, column)) cell = {std::numeric_limits<double>::quiet_NaN(), {}};
        if (is_null(cell.value)) {
            cell.missing = why_missing(first, run, column);
        } else if (const auto* text = std::get_if<std::string>(&cell.value)) {
            cell.tone = tone_of_word(*text);
            cell.value = in_language(*text, first, column);
        }
        return cell;
    }

    /// A NaN is a null to SQL, and other repeats do not make a number of it. Where the SQL put something else
    /// into its place, that stands.
    bool holds_a_nan(const std::vector<Row>& rows, const std::string& run, std::size_t column) const {
        return rows_are_runs_ && results_.is_nan(run, table_.columns[column].name) &&
               std::ranges::any_of(rows,
                                   [&](const Row& row) { return is_null(row[sources_[column].value]); });
    }

    bool is_disturbed_figure(const std::string& run, std::size_t column) const {
        const auto* state = results_.find(run);
        if (state == nullptr) return false;
        const std::string& name = table_.columns[column].name;
        return is_disturbed(results_.disturbed()[static_cast<std::size_t>(state - results_.runs().data())],
                            name, units_.noise(name));
    }

    /// Nothing where the SQL made something else of it.
    std::optional<Interval> doubt_of_peak(const std::string& run, const Value& value) const {
        const auto* state = results_.find(run);
        const auto number = number_of(value);
        if (state == nullptr || !number) return std::nullopt;
        const auto doubt =
            results_.doubts_of_peaks()[static_cast<std::size_t>(state - results_.runs().data())];
        const bool is_of_it = doubt && doubt->low <= *number && *number <= doubt->high;
        return is_of_it ? doubt : std::nullopt;
    }

    /// The repeats of one run.
    static Cell together(const std::vector<Row>& rows, std::size_t column) {
        std::vector<double> numbers;
        bool whole = true;
        Value some;
        std::vector<std::string> texts;
        for (const Row& row : rows) {
            const Value& value = row[column];
            if (is_null(value)) continue;
            if (const auto number = number_of(value)) {
                numbers.push_back(*number);
                whole = whole && std::holds_alternative<std::int64_t>(value);
                some = value;
            } else if (const std::string text = to_text(value);
                       std::ranges::find(texts, text) == texts.end()) {
                texts.push_back(text);
            }
        }
        if (!texts.empty()) return {fmt::format("{}", fmt::join(texts, ", ")), {}};
        if (numbers.empty()) return {};
        const auto [low, high] = std::ranges::minmax(numbers);
        if (low == high) return {some, {}};
        const double middle = *median(numbers);
        const bool is_whole = whole && middle == static_cast<double>(static_cast<std::int64_t>(middle));
        return {
            is_whole ? Value(static_cast<std::int64_t>(middle)) : Value(middle), {}, Interval{low, high}, {}};
    }

    std::string why_missing(const Row& row, const std::string& run, std::size_t column) const {
        const Source& source = sources_[column];
        if (language_ == Language::Chinese && source.why_chinese && !is_null(row[*source.why_chinese]))
            return to_text(row[*source.why_chinese]);
        if (source.why && !is_null(row[*source.why]))
            return report::translated(to_text(row[*source.why]), language_);
        if (run.empty()) return {};
        return report::translated(results_.why_missing(run, table_.columns[column].name), language_);
    }

    Value in_language(const std::string& text, const Row& row, std::size_t column) const {
        if (language_ == Language::English) return text;
        const Source& source = sources_[column];
        if (source.chinese && !is_null(row[*source.chinese])) return row[*source.chinese];
        if (translations_[column] != nullptr) {
            const auto own =
                std::ranges::find(*translations_[column], text, &std::pair<std::string, std::string>::first);
            if (own != translations_[column]->end()) return own->second;
        }
        return table_.columns[column].name == kStatus ? report::translated(text, language_) : text;
    }

    const sweep::Sweep& sweep_;
    std::size_t number_;
    const sweep::TableDefinition& definition_;
    results::CurrentResults& results_;
    results::Units units_;
    Language language_;
    bool rows_are_runs_ = false;
    std::optional<std::size_t> run_;  ///< which of the SQL's columns it is
    std::vector<Source> sources_;
    std::vector<const std::vector<std::pair<std::string, std::string>>*> translations_;
    report::Table table_;
};

}  // namespace

report::Table declared_table(const sweep::Sweep& sweep, std::size_t number,
                             const sweep::TableDefinition& definition, results::CurrentResults& results,
                             Language language) {
    return DeclaredTable(sweep, number, definition, results, language).build();
}

}  // namespace tidemark::tables
