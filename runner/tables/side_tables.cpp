#include "tables/side_tables.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tables/caveats.hpp"
#include "tables/figure_text.hpp"
#include "tables/origin_table.hpp"

namespace tidemark::tables {
namespace {

using analysis::Direction;
using analysis::FigureChange;
using protocol::Unit;
using report::Cell;
using report::Table;

/// The runs that have one and the same difference.
struct SharedDifference {
    Difference difference;
    std::vector<std::string> runs;
};

Cell text(std::string value) {
    return {Value(std::move(value)), {}};
}

std::string name_of(Direction direction) {
    switch (direction) {
        case Direction::Rise:
            return "rise";
        case Direction::Fall:
            return "fall";
        case Direction::Same:
            return "same";
        case Direction::Unclear:
            break;
    }
    return "unclear";
}

/// What stands in place of a direction.
constexpr const char* kNotComparable = "not comparable";

/// Empty where nothing bounds it.
Cell number_cell(double value) {
    return std::isfinite(value) ? Cell{Value(value), {}} : Cell{};
}

class SideTables {
  public:
    explicit SideTables(const SideComparison& comparison) : comparison_(comparison) {}

    std::vector<Table> for_people() const {
        std::vector<Table> tables;
        if (Table unlike = unlike_table(); !unlike.rows.empty()) tables.push_back(std::move(unlike));
        if (Table differences = differences_table(); !differences.rows.empty())
            tables.push_back(std::move(differences));
        tables.push_back(figures_table());
        return tables;
    }

    Table for_machines() const {
        Table table;
        for (const char* name : {"run", "kind", "name", "first", "second", "change", "change_low",
                                 "change_high", "pairs", "direction", "sentence", "disturbed"})
            table.columns.push_back({name, name, Unit::None, true});
        for (const ComparedRun& run : comparison_.runs) {
            for (const Difference& difference : run.differences) {
                table.rows.push_back({text(run.run),
                                      text("parameter"),
                                      text(difference.name),
                                      text(difference.first),
                                      text(difference.second),
                                      {},
                                      {},
                                      {},
                                      {},
                                      {},
                                      {},
                                      {}});
            }
            for (const auto& unlike : run.measured_differently) {
                table.rows.push_back({text(run.run),
                                      text("origin"),
                                      text(unlike.name),
                                      text(unlike.before),
                                      text(unlike.after),
                                      {},
                                      {},
                                      {},
                                      {},
                                      {},
                                      text(unlike.meaning),
                                      {}});
            }
            for (const FigureChange& figure : run.figures) table.rows.push_back(machine_row(run, figure));
        }
        return table;
    }

  private:
    std::vector<Cell> machine_row(const ComparedRun& run, const FigureChange& figure) const {
        const auto number = [](const std::optional<double>& value) {
            return value ? Cell{Value(*value), {}} : Cell{};
        };
        const auto of = [&](auto choose) {
            return figure.change ? Cell{Value(choose(*figure.change)), {}} : Cell{};
        };
        const auto share = [&](auto choose) {
            return figure.change ? number_cell(choose(*figure.change)) : Cell{};
        };
        return {
            text(run.run),
            text("figure"),
            text(figure.name),
            number(figure.before),
            number(figure.after),
            figure.change && figure.change->by_bounds ? Cell{} : of([](const auto& c) { return c.relative; }),
            share([](const auto& c) { return c.interval.low; }),
            share([](const auto& c) { return c.interval.high; }),
            of([](const auto& c) { return static_cast<std::int64_t>(c.pairs); }),
            text(figure.comparable ? name_of(figure.direction(comparison_.threshold)) : kNotComparable),
            text(sentence_of(run, figure)),
            disturbed_sides(run, figure)};
    }

    static bool is_disturbed_in_first(const ComparedRun& run, const FigureChange& figure) {
        return figure.before &&
               is_disturbed(run.first_disturbed, figure.name, run.first_units->noise(figure.name));
    }
    static bool is_disturbed_in_second(const ComparedRun& run, const FigureChange& figure) {
        return figure.after &&
               is_disturbed(run.second_disturbed, figure.name, run.second_units->noise(figure.name));
    }

    /// By the names of the columns that have them.
    static Cell disturbed_sides(const ComparedRun& run, const FigureChange& figure) {
        const bool first = is_disturbed_in_first(run, figure);
        const bool second = is_disturbed_in_second(run, figure);
        if (!first && !second) return {};
        return text(first && second ? "first, second" : first ? "first" : "second");
    }

    /// In the order in which they are met first.
    std::vector<SharedDifference> shared_differences() const {
        std::vector<SharedDifference> all;
        std::map<Difference, std::size_t> known;
        for (const ComparedRun& run : comparison_.runs) {
            for (const Difference& difference : run.differences) {
                const auto [place, is_new] = known.try_emplace(difference, all.size());
                if (is_new) all.push_back({difference, {}});
                all[place->second].runs.push_back(run.run);
            }
        }
        return all;
    }

    bool several() const { return comparison_.runs.size() > 1; }

    std::string names_of(const std::vector<std::string>& runs) const {
        constexpr std::size_t kMostNames = 3;
        if (runs.size() == comparison_.runs.size()) return fmt::format("all {} runs", runs.size());
        if (runs.size() <= kMostNames) return fmt::format("{}", fmt::join(runs, ", "));
        return fmt::format("{} and {} more", runs.front(), runs.size() - 1);
    }

    Table unlike_table() const {
        std::vector<UnlikeRun> runs;
        for (const ComparedRun& run : comparison_.runs) runs.push_back({run.run, run.measured_differently});
        return origin_table(comparison_.first, comparison_.second, runs);
    }

    Table differences_table() const {
        Table table;
        table.title = "what differs";
        if (several()) table.columns.push_back({"runs", "runs", Unit::None, false});
        for (const std::string& name : {std::string("parameter"), comparison_.first, comparison_.second})
            table.columns.push_back({name, name, Unit::None, true});
        for (const SharedDifference& shared : shared_differences()) {
            auto& row = table.rows.emplace_back();
            if (several()) row.push_back(text(names_of(shared.runs)));
            const Difference& difference = shared.difference;
            row.insert(row.end(), {text(difference.name), text(difference.first), text(difference.second)});
        }
        return table;
    }

    bool is_long() const {
        constexpr std::size_t kMostRows = 40;
        std::size_t rows = 0;
        for (const ComparedRun& run : comparison_.runs) rows += run.figures.size();
        return rows > kMostRows;
    }

    /// All figures, or those that changed where they are many.
    Table figures_table() const {
        const bool only_changed = is_long();
        Table table;
        table.title = fmt::format("{} → {}", comparison_.first, comparison_.second);
        if (several()) table.columns.push_back({"run", "run", Unit::None, false});
        for (const std::string& name : {std::string("figure"), comparison_.first, comparison_.second,
                                        std::string("change"), std::string("in words")})
            table.columns.push_back({name, name, Unit::None, false});
        std::size_t same = 0, unclear = 0, not_comparable = 0;
        for (const ComparedRun& run : comparison_.runs) {
            for (const FigureChange& figure : run.figures) {
                const Direction direction = figure.direction(comparison_.threshold);
                if (direction == Direction::Same) ++same;
                if (direction == Direction::Unclear) ++(figure.comparable ? unclear : not_comparable);
                if (only_changed && (direction == Direction::Same || direction == Direction::Unclear))
                    continue;
                auto& row = table.rows.emplace_back();
                if (several()) row.push_back(text(run.run));
                Cell before =
                    figure_cell(figure.before, figure.before_doubt, run.first_units->of(figure.name));
                before.disturbed = is_disturbed_in_first(run, figure);
                Cell after = figure_cell(figure.after, figure.after_doubt, run.second_units->of(figure.name));
                after.disturbed = is_disturbed_in_second(run, figure);
                row.insert(row.end(),
                           {text(run.second_units->title(figure.name)), std::move(before), std::move(after),
                            text(figure.change ? to_text(*figure.change) : rough_change(run, figure)),
                            text(brief_sentence_of(run, figure))});
            }
        }
        add_notes(table, only_changed, same, unclear, not_comparable);
        return table;
    }

    void add_notes(Table& table, bool only_changed, std::size_t same, std::size_t unclear,
                   std::size_t not_comparable) const {
        const auto& runs = comparison_.runs;
        if (only_changed) {
            table.notes.push_back(
                fmt::format("{} runs compared, what changed is shown. {} figures are the same within {}, of "
                            "{} it cannot be told{} (--format json has them all).",
                            runs.size(), same, analysis::share_text(comparison_.threshold), unclear,
                            not_comparable == 0 ? std::string()
                                                : fmt::format(", {} cannot be compared", not_comparable)));
        }
        const auto has_too_few = [](const ComparedRun& run) {
            return std::ranges::any_of(run.figures,
                                       [](const FigureChange& figure) { return figure.too_few.has_value(); });
        };
        if (std::ranges::any_of(runs, has_too_few))
            table.notes.push_back(analysis::repeats_that_a_change_needs());
        if (std::ranges::all_of(runs, &ComparedRun::same_attempts))
            table.notes.push_back("Both sides are the same results.");
        const auto changed = std::ranges::count_if(runs, &ComparedRun::program_changed);
        if (changed > 0) {
            table.notes.push_back(several()
                                      ? fmt::format("The program or its inputs changed for {} of {} runs.",
                                                    changed, runs.size())
                                      : "The program or its inputs changed.");
        }
        if (std::string note = note_on_disturbed({&table, 1}, Texts(Language::English)); !note.empty())
            table.notes.push_back(std::move(note));
        add_note_of_others(table, comparison_.only_first, comparison_.first);
        add_note_of_others(table, comparison_.only_second, comparison_.second);
    }

    static void add_note_of_others(Table& table, const std::vector<std::string>& names,
                                   const std::string& side) {
        constexpr std::size_t kMostNamed = 5;
        if (names.empty()) return;
        const auto named = static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNamed));
        const std::vector<std::string> some(names.begin(), names.begin() + named);
        table.notes.push_back(fmt::format("Only in {}: {}{}.", side, fmt::join(some, "; "),
                                          names.size() > kMostNamed
                                              ? fmt::format(" and {} more", names.size() - kMostNamed)
                                              : std::string()));
    }

    static Cell figure_cell(const std::optional<double>& value, const std::optional<Interval>& doubt,
                            Unit unit) {
        if (!value) return {};
        if (doubt) return text(doubt_text(*doubt, unit));
        return text(unit == Unit::None && std::isfinite(*value) ? fmt::format("{:.6g}", *value)
                                                                : figure_text(*value, unit));
    }

    /// Without an interval.
    static std::string rough_change(const ComparedRun& run, const FigureChange& figure) {
        if (!figure.has_guess() || *figure.before == 0) return {};
        if (!std::isfinite(*figure.before) || !std::isfinite(*figure.after)) return {};
        if (run.first_units->of(figure.name) != run.second_units->of(figure.name)) return {};
        return fmt::format("{:+.1f} %", (*figure.after / *figure.before - 1) * 100);
    }

    /// What many rows have in common stands below the table.
    std::string brief_sentence_of(const ComparedRun& run, const FigureChange& figure) const {
        if (!figure.too_few) return sentence_of(run, figure);
        return fmt::format("{}: {} {}, too few to tell", run.second_units->title(figure.name),
                           *figure.too_few, *figure.too_few == 1 ? "repeat" : "repeats");
    }

    std::string sentence_of(const ComparedRun& run, const FigureChange& figure) const {
        return analysis::sentence(run.second_units->title(figure.name), figure, comparison_.threshold);
    }

    const SideComparison& comparison_;
};

}  // namespace

std::vector<Table> sides_for_people(const SideComparison& comparison) {
    return SideTables(comparison).for_people();
}

Table sides_for_machines(const SideComparison& comparison) {
    return SideTables(comparison).for_machines();
}

}  // namespace tidemark::tables
