#include "tables/side_summary.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tables/figure_text.hpp"

namespace tidemark::tables {
namespace {

using analysis::Direction;
using analysis::FigureChange;
using protocol::Unit;
using report::Cell;

constexpr double kManyTimes = 1.5;  // from here on "times as fast" is read more easily than percent

/// One figure of one run, on both sides.
struct Pair {
    const ComparedRun* run;
    const FigureChange* figure;

    Unit unit() const { return run->second_units->of(figure->name); }
    bool has_numbers() const {
        return figure->before && figure->after && std::isfinite(*figure->before) &&
               std::isfinite(*figure->after) && run->first_units->of(figure->name) == unit();
    }
    /// By what of itself it has changed; nothing where the guesses say nothing of it.
    std::optional<double> share() const {
        if (!has_numbers() || !figure->has_guess() || *figure->before == 0) return std::nullopt;
        return *figure->after / *figure->before - 1;
    }
    double difference() const { return *figure->after - *figure->before; }
};

std::string percent(double share) {
    const double percents = std::abs(share) * 100;
    return fmt::format("{:.{}f} %", percents, percents < 10 ? 1 : 0);
}

/// `75 % less`, `1.9 times as fast`, `+0.5 points`
std::string change_text(const Pair& pair) {
    const FigureChange& figure = *pair.figure;
    if (figure.change && figure.change->by_bounds) return to_text(*figure.change);
    if (pair.unit() == Unit::Fraction && pair.has_numbers() && figure.has_guess())
        return fmt::format("{:+.1f} points", pair.difference() * 100);
    const auto share = pair.share();
    if (!share) return {};
    if (pair.unit() == Unit::Seconds && *share < 0 && 1 / (1 + *share) >= kManyTimes)
        return fmt::format("{:.1f} times as fast", 1 / (1 + *share));
    if (*share > 1)
        return fmt::format("{:.1f} times as {}", 1 + *share, pair.unit() == Unit::Seconds ? "long" : "much");
    if (*share == 0) return "the same";
    return fmt::format("{} {}", percent(*share), *share < 0 ? "less" : "more");
}

std::string number_text(const std::optional<double>& value, const std::optional<Interval>& doubt, Unit unit) {
    if (!value) return "–";
    if (doubt) return doubt_text(*doubt, unit);
    return unit == Unit::None ? fmt::format("{:.6g}", *value) : figure_text(*value, unit);
}

/// One figure in all runs.
struct Summary {
    std::vector<Pair> changed;
    std::vector<Pair> same;
    std::vector<Pair> unclear;
    std::size_t all() const { return changed.size() + same.size() + unclear.size(); }
};

class SideSummary {
  public:
    explicit SideSummary(const SideComparison& comparison) : comparison_(comparison) {
        for (const ComparedRun& run : comparison.runs) {
            for (const FigureChange& figure : run.figures) add({&run, &figure});
        }
    }

    report::Table table() {
        report::Table table;
        table.title = fmt::format("{} → {}", comparison_.first, comparison_.second);
        const bool several = comparison_.runs.size() > 1;
        for (const std::string& name : several
                                           ? std::vector<std::string>{"figure", "runs", "change", "most in"}
                                           : std::vector<std::string>{"figure", "before", "after", "change"})
            table.columns.push_back({name, name, Unit::None, false});
        const bool is_one_thing = std::ranges::all_of(comparison_.runs, &ComparedRun::same_attempts);
        for (const std::string& name : order_) {
            const Summary& summary = figures_[name];
            if (is_one_thing) continue;
            if (several)
                add_rows_of_several(name, summary, table);
            else
                add_row_of_one(name, summary, table);
        }
        add_notes(table);
        return table;
    }

  private:
    void add(const Pair& pair) {
        const std::string name = pair.run->second_units->title(pair.figure->name);
        if (!figures_.contains(name)) order_.push_back(name);
        Summary& summary = figures_[name];
        switch (pair.figure->direction(comparison_.threshold)) {
            case Direction::Rise:
            case Direction::Fall:
                summary.changed.push_back(pair);
                break;
            case Direction::Same:
                summary.same.push_back(pair);
                break;
            case Direction::Unclear:
                summary.unclear.push_back(pair);
        }
    }

    static Cell text(std::string value) { return {Value(std::move(value)), {}}; }

    static void add_row_of_one(const std::string& name, const Summary& summary, report::Table& table) {
        for (const auto* group : {&summary.changed, &summary.unclear}) {
            for (const Pair& pair : *group) {
                const FigureChange& figure = *pair.figure;
                Cell change = text(figure.may_be_none ? "may be none" : change_text(pair));
                if (group == &summary.unclear && !to_text(change.value).empty())
                    change.value = to_text(change.value) + "?";
                table.rows.push_back({text(name),
                                      text(number_text(figure.before, figure.before_doubt,
                                                       pair.run->first_units->of(figure.name))),
                                      text(number_text(figure.after, figure.after_doubt, pair.unit())),
                                      std::move(change)});
            }
        }
    }

    void add_rows_of_several(const std::string& name, const Summary& summary, report::Table& table) const {
        for (const Direction direction : {Direction::Fall, Direction::Rise}) {
            std::vector<Pair> pairs;
            std::ranges::copy_if(summary.changed, std::back_inserter(pairs), [&](const Pair& pair) {
                return pair.figure->direction(comparison_.threshold) == direction;
            });
            if (!pairs.empty())
                add_row(name, fmt::format("{} of {}", pairs.size(), summary.all()), pairs, "", table);
        }
        if (summary.changed.empty() && !summary.unclear.empty())
            add_row(name, fmt::format("{} of {}", summary.unclear.size(), summary.all()), summary.unclear,
                    "?", table);
    }

    /// From the least change to the greatest, and the run of the latter.
    static void add_row(const std::string& name, const std::string& count, const std::vector<Pair>& pairs,
                        const char* mark, report::Table& table) {
        std::vector<Pair> known;
        std::ranges::copy_if(pairs, std::back_inserter(known),
                             [](const Pair& pair) { return !change_text(pair).empty(); });
        if (known.empty()) return;
        const auto size = [](const Pair& pair) {
            return pair.unit() == Unit::Fraction ? pair.difference() : pair.share().value_or(0);
        };
        const auto by_size = [&](const Pair& a, const Pair& b) { return size(a) < size(b); };
        const auto [least, most] = std::ranges::minmax_element(known, by_size);
        std::string change = change_text(*least);
        if (change_text(*most) != change) change += " to " + change_text(*most);
        const Pair& extreme = std::abs(size(*least)) > std::abs(size(*most)) ? *least : *most;
        table.rows.push_back({text(name), text(count), text(change + mark), text(extreme.run->run)});
    }

    void add_notes(report::Table& table) const {
        if (std::ranges::all_of(comparison_.runs, &ComparedRun::same_attempts)) {
            table.notes.emplace_back("Both sides are the same results.");
            return;
        }
        std::vector<std::string> same;
        std::map<std::string, std::vector<std::string>> why;
        bool any_mark = false;
        for (const std::string& name : order_) {
            const Summary& summary = figures_.at(name);
            if (summary.same.size() == summary.all()) same.push_back(name);
            if (summary.unclear.empty()) continue;
            any_mark = any_mark || summary.changed.empty();
            const FigureChange& figure = *summary.unclear.front().figure;
            const std::string reason = figure.too_few ? analysis::repeats_that_a_change_needs()
                                       : figure.problem.empty()
                                           ? "the repeats scatter too much for it, or the bounds overlap"
                                           : figure.problem;
            why[reason].push_back(name);
        }
        if (!same.empty())
            table.notes.push_back(fmt::format("The same within {}: {}.",
                                              analysis::share_text(comparison_.threshold),
                                              fmt::join(same, ", ")));
        for (const auto& [reason, names] : why)
            table.notes.push_back(fmt::format("{}It cannot be told for certain of {}: {}",
                                              any_mark ? "? " : "", fmt::join(names, ", "), reason));
        const auto changed = std::ranges::count_if(comparison_.runs, &ComparedRun::program_changed);
        if (changed > 0)
            table.notes.push_back(fmt::format("The program or its inputs changed for {} of {}.", changed,
                                              comparison_.runs.size()));
        for (const auto& [names, side] : {std::pair(&comparison_.only_first, &comparison_.first),
                                          std::pair(&comparison_.only_second, &comparison_.second)}) {
            if (!names->empty())
                table.notes.push_back(fmt::format("{} runs are only in {}.", names->size(), *side));
        }
    }

    const SideComparison& comparison_;
    std::vector<std::string> order_;  ///< names of the figures
    std::map<std::string, Summary> figures_;
};

/// The figures that a run is chosen by.
bool is_of_interest(const std::string& name, Unit unit) {
    return name == "peak_rss_bytes" || name == "wall_s" || unit == Unit::Fraction || unit == Unit::PerSecond;
}

}  // namespace

report::Table against_table(const SideComparison& comparison) {
    report::Table table;
    table.title = fmt::format("{}, each against {}", comparison.second, comparison.first);
    table.columns.push_back({"run", "run", Unit::None, false});
    std::vector<std::string> names;
    for (const ComparedRun& run : comparison.runs) {
        for (const FigureChange& figure : run.figures) {
            const bool is_known = std::ranges::find(names, figure.name) != names.end();
            if (is_known || !is_of_interest(figure.name, run.second_units->of(figure.name))) continue;
            names.push_back(figure.name);
            table.columns.push_back({figure.name, run.second_units->title(figure.name), Unit::None, false});
        }
    }
    bool any_mark = false;
    for (const ComparedRun& run : comparison.runs) {
        auto& row = table.rows.emplace_back();
        row.push_back({Value(run.run), {}});
        for (const std::string& name : names) {
            const auto found = std::ranges::find(run.figures, name, &FigureChange::name);
            std::string text = found == run.figures.end() ? std::string() : change_text({&run, &*found});
            const Direction direction =
                found == run.figures.end() ? Direction::Same : found->direction(comparison.threshold);
            if (direction == Direction::Unclear && !text.empty()) text += "?";
            any_mark = any_mark || text.ends_with('?');
            row.push_back(text.empty() ? Cell{} : Cell{Value(text), {}});
        }
    }
    if (any_mark) table.notes.push_back("? is not certain. " + analysis::repeats_that_a_change_needs());
    return table;
}

report::Table side_summary(const SideComparison& comparison) {
    return SideSummary(comparison).table();
}

}  // namespace tidemark::tables
