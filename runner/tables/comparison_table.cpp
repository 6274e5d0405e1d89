#include "tables/comparison_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "results/units.hpp"
#include "tables/advice_text.hpp"
#include "tables/caveats.hpp"
#include "tables/failures.hpp"
#include "tables/figure_cells.hpp"
#include "tables/shown_metrics.hpp"
#include "tables/status_cell.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {
namespace {

using protocol::Status;
using protocol::Unit;
using report::Cell;
using results::RunState;

class ComparisonTable {
  public:
    ComparisonTable(const sweep::Sweep& sweep, results::CurrentResults& results, bool everything)
        : sweep_(sweep),
          results_(results),
          units_(results::units_of(sweep, results)),
          everything_(everything) {
        table_.title = sweep_.name();
        table_.rows.resize(sweep_.runs().size());
    }

    report::Table build() {
        const std::vector<std::string> parameters = shown_parameters();
        add_identity(parameters);
        add_parameters(parameters);
        const bool all_ok = std::ranges::all_of(results_.runs(),
                                                [](const RunState& run) { return run.status == Status::Ok; });
        if (everything_ || !all_ok) {
            add({"status", "status", Unit::None, false},
                [this](std::size_t run) { return status_cell(results_.runs()[run].status); });
        }
        if (everything_) {
            add({"repeats", "repeats", Unit::None, false}, [this](std::size_t run) {
                return Cell{static_cast<std::int64_t>(results_.runs()[run].repeats), {}};
            });
        }
        std::vector<std::string> figures{"peak_rss_bytes", "wall_s"};
        for (std::string& metric : shown_metrics(sweep_, results_, everything_))
            figures.push_back(std::move(metric));
        add_figures(figures);
        if (everything_) {
            add({"disturbed", "disturbed", Unit::None, false},
                [this](std::size_t run) { return disturbed_cell(results_.disturbed()[run]); });
        }
        add_notes();
        return std::move(table_);
    }

  private:
    template <typename CellOf>
    void add(report::Column column, CellOf cell_of) {
        table_.columns.push_back(std::move(column));
        for (std::size_t run = 0; run < table_.rows.size(); ++run) table_.rows[run].push_back(cell_of(run));
    }

    std::vector<std::string> shown_parameters() const {
        if (!everything_) return differing_parameters(sweep_);
        std::vector<std::string> names;
        for (const auto& [name, value] : sweep_.constant()) names.push_back(name);
        names.insert(names.end(), sweep_.varying().begin(), sweep_.varying().end());
        return names;
    }

    /// Where no run was given a name, the parameters tell which is which, if there are any that differ.
    void add_identity(const std::vector<std::string>& parameters) {
        const bool all_names = everything_ || parameters.empty();
        if (!all_names && std::ranges::none_of(sweep_.runs(), &sweep::RunSpec::named)) return;
        add({"run", "run", Unit::None, false}, [&](std::size_t index) {
            const sweep::RunSpec& run = sweep_.runs()[index];
            return Cell{all_names || run.named ? run.run : std::string(), {}};
        });
    }

    void add_parameters(const std::vector<std::string>& names) {
        if (names.empty()) return;
        std::vector<protocol::Parameters> all;
        for (const sweep::RunSpec& run : sweep_.runs()) all.push_back(sweep_.parameters(run));
        for (const std::string& name : names) {
            add({name, name, Unit::None, true}, [&](std::size_t run) {
                return parameter_cell(results_, sweep_.runs()[run].run, all[run], name);
            });
        }
    }

    void add_figures(const std::vector<std::string>& names) {
        const auto cells = figure_cells(results_, units_, names);
        for (std::size_t figure = 0; figure < names.size(); ++figure) {
            const std::string& name = names[figure];
            add({name, units_.heading(name), units_.of(name), false},
                [&](std::size_t run) { return cells[run][figure]; });
        }
    }

    /// Which of its figures are, for machines.
    static Cell disturbed_cell(const run::Disturbed& disturbed) {
        if (!disturbed.times && !disturbed.memory) return {};
        const char* both = disturbed.times && disturbed.memory ? ", " : "";
        return Cell{
            fmt::format("{}{}{}", disturbed.times ? "times" : "", both, disturbed.memory ? "memory" : ""),
            {}};
    }

    void add_notes() {
        const Texts texts(Language::English);
        if (std::string note = note_on_repeats(sweep_, results_, {&table_, 1}, texts); !note.empty())
            table_.notes.push_back(std::move(note));
        else if (const RepeatCounts counts = counts_of_repeats(sweep_, results_); counts.most > 1)
            table_.notes.push_back(fmt::format("Figures are medians of {} repeats.", texts.range_of(counts)));
        const Failures failures = failures_of(results_, texts);
        for (const Failure& failure : failures.first) {
            table_.notes.push_back(failure.text);
            if (!failure.last_words.empty()) table_.notes.push_back("    " + failure.last_words);
        }
        if (failures.more > 0) table_.notes.push_back(texts.more_failures(failures.more));
        for (std::string& sentence : advice_sentences(sweep_, results_, texts))
            table_.notes.push_back(std::move(sentence));
        if (results_.made() < results_.expected()) {
            table_.notes.push_back(
                texts.not_made_as_now(results_.expected() - results_.made(), results_.expected()));
        }
        if (std::string note = note_on_disturbed({&table_, 1}, texts); !note.empty())
            table_.notes.push_back(std::move(note));
        if (std::string note = note_on_doubts({&table_, 1}, texts); !note.empty())
            table_.notes.push_back(std::move(note));
        if (std::string note = note_on_machines(results_, texts); !note.empty())
            table_.notes.push_back(std::move(note));
        if (std::string note = note_on_limits(results_, texts); !note.empty())
            table_.notes.push_back(std::move(note));
        for (std::string& sentence : caveat_sentences(sweep_)) table_.notes.push_back(std::move(sentence));
    }

    const sweep::Sweep& sweep_;
    results::CurrentResults& results_;
    results::Units units_;
    bool everything_;
    report::Table table_;
};

}  // namespace

report::Table comparison_table(const sweep::Sweep& sweep, results::CurrentResults& results, bool everything) {
    return ComparisonTable(sweep, results, everything).build();
}

report::Table expansion_table(const sweep::Sweep& sweep) {
    report::Table table;
    table.columns.push_back({"run", "run", Unit::None, false});
    for (const std::string& name : sweep.varying()) table.columns.push_back({name, name, Unit::None, true});
    table.rows.reserve(sweep.runs().size());
    for (const sweep::RunSpec& run : sweep.runs()) {
        std::vector<Cell>& row = table.rows.emplace_back();
        row.reserve(table.columns.size());
        row.push_back({run.run, {}});
        for (std::size_t i = 0; i < run.values.size(); ++i) {
            const sweep::ParameterValue& value = run.values.entry(i);
            row.push_back({value.value, {}});
            if (value.told() != value.text()) row.back().told = value.told();
        }
    }
    return table;
}

}  // namespace tidemark::tables
