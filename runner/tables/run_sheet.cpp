#include "tables/run_sheet.hpp"

#include <algorithm>
#include <map>

#include "protocol/peak_memory.hpp"
#include "tables/figure_cells.hpp"
#include "tables/shown_metrics.hpp"
#include "tables/status_cell.hpp"

namespace tidemark::tables {
namespace {

using protocol::Status;
using protocol::Unit;
using report::Better;
using report::Cell;
using report::ColumnKind;
using report::RunSheet;

constexpr std::string_view kPeak = protocol::kPeakMemory.name;
constexpr std::string_view kTime = "wall_s";
constexpr std::string_view kAccuracy = "accuracy";

class SheetMaker {
  public:
    SheetMaker(const sweep::Sweep& sweep, results::CurrentResults& results, const results::Units& units,
               const Texts& texts)
        : sweep_(sweep), results_(results), units_(units), texts_(texts) {
        sheet_.table.title = texts.word("Runs");
        sheet_.table.rows.resize(results.runs().size());
    }

    RunSheet make() {
        add_names();
        add_status();
        choose_figures();
        add_figures(true);
        add_parameters();
        add_figures(false);
        add_warnings();
        choose_best();
        return std::move(sheet_);
    }

  private:
    template <typename CellOf>
    void add(report::Column column, report::SheetColumn own, CellOf cell_of) {
        sheet_.table.columns.push_back(std::move(column));
        sheet_.columns.push_back(own);
        for (std::size_t run = 0; run < sheet_.table.rows.size(); ++run)
            sheet_.table.rows[run].push_back(cell_of(run));
    }

    void add_names() {
        for (const results::RunState& run : results_.runs()) {
            sheet_.table.runs.push_back(run.run);
            sheet_.runs.push_back({run.run, run.status == Status::Ok, {}, {}, {}});
        }
        add({"run", texts_.word("run"), Unit::None}, {ColumnKind::Name, Better::Unknown, true},
            [&](std::size_t run) {
                return Cell{results_.runs()[run].run, {}};
            });
    }

    void add_status() {
        const bool all_ok = std::ranges::all_of(
            results_.runs(), [](const results::RunState& run) { return run.status == Status::Ok; });
        add({"status", texts_.word("status"), Unit::None}, {ColumnKind::Text, Better::Unknown, !all_ok},
            [&](std::size_t run) {
                Cell cell = status_cell(results_.runs()[run].status);
                cell.value = texts_.word(to_text(results_.runs()[run].status));
                return cell;
            });
    }

    void add_parameters() {
        std::vector<protocol::Parameters> all;
        for (const sweep::RunSpec& run : sweep_.runs()) all.push_back(sweep_.parameters(run));
        for (const std::string& name : differing_parameters(sweep_)) {
            add({name, name, Unit::None, true}, {ColumnKind::Parameter, Better::Unknown, true},
                [&](std::size_t run) {
                    return parameter_cell(results_, results_.runs()[run].run, all[run], name);
                });
        }
    }

    /// The most telling first, then all that are numbers.
    void choose_figures() {
        figures_ = {std::string(kPeak), std::string(kTime)};
        const auto add_new = [&](std::string name) {
            if (std::ranges::find(figures_, name) == figures_.end()) figures_.push_back(std::move(name));
        };
        for (std::string& name : shown_metrics(sweep_, results_, false)) add_new(std::move(name));
        telling_ = figures_.size();
        for (std::string& name : shown_metrics(sweep_, results_, true)) add_new(std::move(name));
        for (const protocol::Figure& figure : protocol::kFigures) {
            constexpr std::size_t kNumbers = 2;  // of the kinds of members
            if (figure.member.index() < kNumbers) add_new(std::string(figure.name));
        }
        cells_ = figure_cells(results_, units_, figures_);
    }

    /// Those that any run has: the telling ones, or the others.
    void add_figures(bool telling) {
        for (std::size_t figure = telling ? 0 : telling_; figure < (telling ? telling_ : figures_.size());
             ++figure) {
            const bool any = std::ranges::any_of(
                cells_, [&](const std::vector<Cell>& row) { return is_number(row[figure].value); });
            if (!any) continue;
            const std::string& name = figures_[figure];
            add({name, units_.heading(name, texts_.language()), units_.of(name)},
                {ColumnKind::Figure, better(name), telling}, [&](std::size_t run) {
                    Cell cell = cells_[run][figure];
                    cell.missing = texts_.word(cell.missing);
                    return cell;
                });
        }
    }

    /// What the sweep file wants of it, else what its unit and its name say.
    Better better(const std::string& name) const {
        if (sweep_.goal() && sweep_.goal()->figure.column == name)
            return sweep_.goal()->maximise ? Better::More : Better::Less;
        for (const sweep::CheckDefinition& check : sweep_.checks()) {
            if (check.column == name && check.minimum.has_value() != check.maximum.has_value())
                return check.minimum ? Better::More : Better::Less;
        }
        switch (units_.of(name)) {
            case Unit::Bytes:
            case Unit::Seconds:
                return Better::Less;
            case Unit::PerSecond:
            case Unit::BytesPerSecond:
                return Better::More;
            case Unit::None:
            case Unit::Fraction:
            case Unit::Count:
                break;
        }
        if (name.ends_with(kAccuracy)) return Better::More;
        return name.ends_with("loss") ? Better::Less : Better::Unknown;
    }

    /// How many each run has, where any has one.
    void add_warnings() {
        std::map<std::string, std::int64_t> counts;
        sql::Statement rows = results_.connection().prepare(
            "SELECT s.run, count(*) FROM temp.shown_repeats AS s JOIN main.warnings AS w USING(run_id) "
            "GROUP BY s.run");
        while (rows.step()) counts[rows.text(0)] = rows.integer(1);
        if (counts.empty()) return;
        add({"warnings", texts_.word("warnings"), Unit::Count}, {ColumnKind::Text, Better::Unknown, true},
            [&](std::size_t run) {
                const auto found = counts.find(results_.runs()[run].run);
                return found == counts.end() ? Cell{} : Cell{found->second, {}};
            });
    }

    std::optional<std::size_t> find(std::string_view name) const {
        const auto& columns = sheet_.table.columns;
        const auto found = std::ranges::find(columns, name, &report::Column::name);
        if (found == columns.end()) return std::nullopt;
        return static_cast<std::size_t>(found - columns.begin());
    }

    /// Memory, time and what the sweep is for, as far as it is known whether more or less of it is better.
    void choose_best() {
        std::vector<std::string> wanted{std::string(kPeak), std::string(kTime)};
        if (sweep_.goal()) wanted.push_back(sweep_.goal()->figure.column);
        wanted.emplace_back(kAccuracy);
        for (const std::string& name : shown_metrics(sweep_, results_, false)) wanted.push_back(name);
        constexpr std::size_t kMost = 4;
        for (const std::string& name : wanted) {
            const auto column = find(name);
            if (!column || sheet_.columns[*column].better == Better::Unknown) continue;
            const bool is_new = std::ranges::find(sheet_.best, *column) == sheet_.best.end();
            if (is_new && sheet_.best.size() < kMost) sheet_.best.push_back(*column);
        }
    }

    const sweep::Sweep& sweep_;
    results::CurrentResults& results_;
    const results::Units& units_;
    const Texts& texts_;
    std::vector<std::string> figures_;      ///< their columns
    std::size_t telling_ = 0;               ///< how many of them are shown at first
    std::vector<std::vector<Cell>> cells_;  ///< of the figures, a row for each run
    RunSheet sheet_;
};

}  // namespace

RunSheet run_sheet(const sweep::Sweep& sweep, results::CurrentResults& results, const results::Units& units,
                   const Texts& texts) {
    return SheetMaker(sweep, results, units, texts).make();
}

}  // namespace tidemark::tables
