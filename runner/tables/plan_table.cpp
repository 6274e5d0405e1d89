#include "tables/plan_table.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/pareto.hpp"
#include "analysis/statistics.hpp"
#include "base/median.hpp"
#include "protocol/peak_memory.hpp"
#include "results/units.hpp"
#include "tables/figure_text.hpp"
#include "tables/interval_columns.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::tables {
namespace {

using report::Cell;
using results::PlannedCell;
using results::PlanState;
using sweep::GoalBound;
using sweep::GoalFigure;

constexpr std::size_t kMostRunnersUp = 5;
constexpr std::size_t kMostPredicted = 5;
constexpr std::size_t kMostOnFront = 8;
/// Less likely ones are no candidates.
constexpr double kLeastChance = 0.05;
/// By so much better counts as better.
constexpr double kBetter = 0.02;

bool holds(const GoalBound& bound, const Interval& value) {
    return (!bound.most || value.high <= *bound.most) && (!bound.least || value.low >= *bound.least);
}

class PlanTable {
  public:
    PlanTable(PlanState& state, bool more)
        : state_(state), units_(results::units_of(state.sweep())), more_(more) {
        table_.title = fmt::format("{}: {}", state.sweep().name(), goal_text(state.goal()));
        table_.columns = {{"what", "", protocol::Unit::None}, {"run", "run", protocol::Unit::None}};
        add_column(state.goal().figure);
        for (const GoalBound& bound : state.goal().bounds) {
            if (!is_shown(bound.figure.column)) add_column(bound.figure);
        }
        table_.columns.push_back({"chance", "chance to hold", protocol::Unit::Fraction});
        table_.columns.push_back({"repeats", "repeats", protocol::Unit::None});
    }

    report::Table build() {
        const std::vector<std::size_t> holding = state_.search().holding();
        for (std::size_t i = 0; i < holding.size() && (more_ || i <= kMostRunnersUp); ++i)
            add_measured(i > 0                          ? "holds"
                         : state_.is_proven(holding[i]) ? "answer"
                                                        : "best so far",
                         holding[i]);
        add_front();
        if (more_) add_rest();
        add_predicted();
        table_.notes.emplace_back(
            "Figures are medians; in parentheses from the smallest to the largest repeat, of peaks with "
            "their bounds, "
            "and of what was not tried where a measurement will lie with a confidence of 95 %, between "
            "measured values of an axis and not beyond them.");
        if (more_) add_interval_columns(table_);
        return std::move(table_);
    }

  private:
    bool is_shown(const std::string& column) const {
        return std::ranges::find(figures_, column, &GoalFigure::column) != figures_.end();
    }

    void add_column(const GoalFigure& figure) {
        table_.columns.push_back({figure.column, units_.heading(figure.column), figure.unit});
        figures_.push_back(figure);
    }

    void add_row(const char* what, std::size_t run, std::vector<Cell> figures, Cell chance,
                 std::size_t repeats) {
        std::vector<Cell> row{Cell{std::string(what), {}}, Cell{state_.sweep().runs()[run].run, {}}};
        std::ranges::move(figures, std::back_inserter(row));
        row.push_back(std::move(chance));
        row.push_back(repeats == 0 ? Cell{} : Cell{static_cast<std::int64_t>(repeats), {}});
        table_.rows.push_back(std::move(row));
        shown_.insert(run);
    }

    /// The number by which the search knows a shown figure.
    std::size_t number_of(std::size_t figure) const {
        if (figure == 0) return 0;
        const auto& bounds = state_.goal().bounds;
        for (std::size_t i = 0; i < bounds.size(); ++i) {
            if (bounds[i].figure.column == figures_[figure].column) return 1 + i;
        }
        return 0;
    }

    Cell measured(std::size_t figure, const PlannedCell& cell) const {
        if (figure == 0) {
            if (cell.objective.empty())
                return Cell{Value(), cell.out_of_memory ? "out of memory" : "not reported"};
            Cell out{*median(cell.objective), {}};
            const auto [low, high] = std::ranges::minmax(cell.objective);
            if (low < high) out.interval = Interval{low, high};
            return out;
        }
        const auto& interval = cell.bounds.at(number_of(figure) - 1);
        if (cell.out_of_memory && cell.more_than && figures_[figure].column == protocol::kPeakMemory.name) {
            Cell out{*cell.more_than, {}};
            out.doubt = Interval{*cell.more_than, std::numeric_limits<double>::infinity()};
            return out;
        }
        if (!interval) return Cell{Value(), "not reported"};
        Cell out{*median(cell.values.at(number_of(figure) - 1)), {}};
        if (interval->low < interval->high) out.interval = *interval;
        return out;
    }

    void add_measured(const char* what, std::size_t run) {
        const PlannedCell* const cell = state_.find(run);
        if (cell == nullptr) return;
        std::vector<Cell> figures;
        for (std::size_t figure = 0; figure < figures_.size(); ++figure)
            figures.push_back(measured(figure, *cell));
        add_row(what, run, std::move(figures), {}, cell->measured + cell->probed);
    }

    /// Of what is looked for against the first figure that is bounded.
    void add_front() {
        if (figures_.size() < 2) return;
        std::vector<std::size_t> runs;
        std::vector<std::pair<double, double>> points;
        const std::size_t other = number_of(1);
        const bool more_is_better = !state_.goal().bounds[other - 1].most;
        for (const auto& [run, shown] : state_.search().known()) {
            const auto goal = shown.values.find(0), bound = shown.values.find(other);
            if (goal == shown.values.end() || bound == shown.values.end()) continue;
            runs.push_back(run);
            points.emplace_back(state_.goal().maximise ? -goal->second : goal->second,
                                more_is_better ? -bound->second : bound->second);
        }
        const std::vector<bool> on_front = analysis::pareto_front(points);
        std::size_t count = 0;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (!on_front[i] || shown_.contains(runs[i]) || count == kMostOnFront) continue;
            add_measured("front", runs[i]);
            ++count;
        }
    }

    void add_rest() {
        for (const auto& [run, cell] : state_.cells()) {
            if (!shown_.contains(run)) add_measured("does not hold", run);
        }
    }

    void add_predicted() {
        planning::Search& search = state_.search();
        const planning::Regression* const objective = search.regression(0);
        if (objective == nullptr) return;
        std::vector<std::pair<double, std::size_t>> all;
        for (const std::size_t run : search.candidates()) {
            const double chance = search.chance_of_holding(run);
            if (chance < kLeastChance) continue;
            const double value = objective->predict(run).value;
            all.emplace_back((state_.goal().maximise ? -value : value), run);
        }
        std::ranges::sort(all);
        if (all.size() > kMostPredicted) all.resize(kMostPredicted);
        for (const auto& [order, run] : all) {
            std::vector<Cell> figures;
            for (std::size_t figure = 0; figure < figures_.size(); ++figure) {
                const planning::Regression* const own = search.regression(number_of(figure));
                if (own == nullptr) {
                    figures.push_back(Cell{Value(), "nothing is known"});
                    continue;
                }
                const planning::Prediction predicted = own->predict(run);
                Cell cell{predicted.value, {}};
                cell.interval = predicted.interval;
                figures.push_back(std::move(cell));
            }
            add_row("predicted", run, std::move(figures), Cell{search.chance_of_holding(run), {}}, 0);
        }
    }

    PlanState& state_;
    results::Units units_;
    bool more_;
    report::Table table_;
    std::vector<GoalFigure> figures_;
    std::set<std::size_t> shown_;
};

std::string name_of(const PlanState& state, std::size_t run) {
    return terminal::visible(state.sweep().runs()[run].run);
}

/// `peak_rss ≤ 1.00 GiB`
std::string bound_text(const GoalBound& bound) {
    std::string text;
    if (bound.least) text = figure_text(*bound.least, bound.figure.unit) + " ≤ ";
    text += bound.figure.metric;
    if (bound.most) text += " ≤ " + figure_text(*bound.most, bound.figure.unit);
    return bound.where.empty() ? text : fmt::format("{} where {}", text, bound.where);
}

/// `YAML` needs no quotes around it.
bool is_plain(const std::string& text) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+";
    return !text.empty() && text.find_first_not_of(kPlain) == std::string::npos && text.front() != '-';
}

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char letter : text) out += letter == '\'' ? "''" : std::string(1, letter);
    return out + "'";
}

std::string as_written(const Value& value, const std::string& written) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return written;
    char* end = nullptr;
    static_cast<void>(std::strtod(text->c_str(), &end));
    static const std::set<std::string> kWords{"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
    const bool reads_as_text = is_plain(*text) && *end != '\0' && !kWords.contains(*text);
    return reads_as_text ? *text : quoted(*text);
}

}  // namespace

report::Table plan_table(PlanState& state, bool more) {
    return PlanTable(state, more).build();
}

std::string goal_text(const sweep::GoalDefinition& goal) {
    std::string text = fmt::format("{} {}", goal.maximise ? "maximise" : "minimise", goal.figure.metric);
    std::vector<std::string> bounds;
    for (const GoalBound& bound : goal.bounds) bounds.push_back(bound_text(bound));
    if (!bounds.empty()) text += fmt::format(" with {}", fmt::join(bounds, ", "));
    return text;
}

std::vector<std::string> doubts_of_answer(PlanState& state, std::size_t answer) {
    std::vector<std::string> sentences;
    const PlannedCell& cell = *state.find(answer);
    const double value = *median(cell.objective);
    const double scatter = analysis::median_doubt(cell.objective);
    constexpr double kWide = 0.1;
    if (std::isfinite(scatter) && scatter > kWide)
        sentences.push_back(
            fmt::format("{} of the answer is known to {:.0f} % only, after {} repeats: what is less than "
                        "that behind it may "
                        "be as good",
                        state.goal().figure.metric, scatter * 100, cell.objective.size()));
    planning::Search& search = state.search();
    const planning::Regression* const objective = search.regression(0);
    const std::size_t untried = search.untried();
    const std::vector<std::size_t> some = search.candidates();
    double better = 0;
    const double limit =
        state.goal().maximise ? value + std::abs(value) * kBetter : value - std::abs(value) * kBetter;
    for (const std::size_t run : some) {
        if (objective == nullptr) break;
        const double below = objective->chance_of_at_most(run, limit);
        better += search.chance_of_holding(run) * (state.goal().maximise ? 1 - below : below);
    }
    if (!some.empty()) better *= static_cast<double>(untried) / static_cast<double>(some.size());
    if (untried == 0)
        sentences.emplace_back("All of the space was tried: there is nothing better in it");
    else
        sentences.push_back(fmt::format(
            "{} of {} were not tried; of these the model expects {:.2g} to hold and to be better by more "
            "than {:.0f} %",
            untried, state.space().size(), better, 100 * kBetter));
    return sentences;
}

std::vector<std::string> why_nothing_holds(PlanState& state) {
    std::vector<std::string> sentences;
    for (std::size_t i = 0; i < state.goal().bounds.size(); ++i) {
        const GoalBound& bound = state.goal().bounds[i];
        std::optional<std::size_t> closest;
        double least_miss = 0, figure = 0;
        std::optional<double> least_of_others;  // that ran out of memory
        for (const auto& [run, cell] : state.cells()) {
            const auto& value = cell.bounds.size() > i ? cell.bounds[i] : std::nullopt;
            if (!value) {
                const bool is_peak = bound.figure.column == protocol::kPeakMemory.name;
                if (is_peak && cell.more_than)
                    least_of_others = std::min(least_of_others.value_or(*cell.more_than), *cell.more_than);
                continue;
            }
            if (holds(bound, *value)) {
                closest.reset();
                least_of_others.reset();
                break;
            }
            const bool above = bound.most && value->high > *bound.most;
            const double miss = above ? value->high - *bound.most : *bound.least - value->low;
            if (closest && miss >= least_miss) continue;
            closest = run;
            least_miss = miss;
            figure = above ? value->high : value->low;
        }
        if (!closest && least_of_others)
            sentences.push_back(fmt::format("all that were tried took more than {} of {}",
                                            figure_text(*least_of_others, bound.figure.unit),
                                            bound.figure.metric));
        if (!closest) continue;
        sentences.push_back(fmt::format(
            "the closest to {} is {}, with {}: it misses by {}", bound_text(bound), name_of(state, *closest),
            figure_text(figure, bound.figure.unit), figure_text(least_miss, bound.figure.unit)));
    }
    if (state.cells().empty()) return sentences;
    for (std::size_t i = 0; i < state.goal().bounds.size(); ++i) {
        const planning::Regression* const own = state.search().regression(1 + i);
        const auto axis = own == nullptr ? std::nullopt : own->strongest_axis();
        if (!axis) continue;
        sentences.push_back(fmt::format("{} depends most on '{}': give that axis other values",
                                        state.goal().bounds[i].figure.metric,
                                        state.space().axes()[*axis].name));
    }
    return sentences;
}

std::string as_named_run(const sweep::Sweep& sweep, std::size_t run, const std::string& name) {
    const sweep::ResolvedRun resolved = sweep.resolve(sweep.runs()[run]);
    std::vector<std::string> parts;
    for (const auto& [parameter, value] : resolved.parameters()) {
        if (std::ranges::find(sweep.varying(), parameter) == sweep.varying().end()) continue;
        parts.push_back(fmt::format("{}: {}", parameter, as_written(value, resolved.written(parameter))));
    }
    return fmt::format("  {}: {{{}}}\n", name, fmt::join(parts, ", "));
}

}  // namespace tidemark::tables
