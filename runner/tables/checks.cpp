#include "tables/checks.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/median.hpp"
#include "base/suggestion.hpp"
#include "protocol/database_schema.hpp"
#include "protocol/peak_memory.hpp"
#include "results/units.hpp"
#include "sql/expression.hpp"
#include "sql/read_only_guard.hpp"
#include "store/baselines.hpp"
#include "store/disturbed_attempts.hpp"
#include "store/origins.hpp"
#include "tables/caveats.hpp"
#include "tables/figure_text.hpp"
#include "terminal/installation.hpp"

namespace tidemark::tables {
namespace {

using analysis::BoundKind;
using analysis::Finding;
using analysis::Verdict;
using protocol::Status;
using protocol::Unit;
using sweep::CheckDefinition;

/// Of all checks together; they are a few selects over one sweep.
constexpr Seconds kTimeLimit{60};

std::string figure_of(double value, Unit unit) {
    return unit == Unit::None || unit == Unit::Count ? exact_text(value) : figure_text(value, unit);
}

/// Rounded, but where that would make it look the same as the bound that it misses.
std::string figure_beside(double value, double bound, Unit unit) {
    std::string text = figure_of(value, unit);
    if (value == bound || text != figure_of(bound, unit)) return text;
    if (unit == Unit::Bytes) return fmt::format("{:.0f} B", value);
    return fmt::format("{}", value);
}

/// One bound of a check with the column that it looks at.
struct Rule {
    const CheckDefinition* check;
    BoundKind kind;
    double bound;
    std::string column;
    sweep::Against against{};  ///< of a drift

    std::string requirement() const {
        switch (kind) {
            case BoundKind::Maximum:
                return "at most " + figure_of(bound, check->unit);
            case BoundKind::Minimum:
                return "at least " + figure_of(bound, check->unit);
            case BoundKind::MaximumIncrease:
                break;
        }
        return fmt::format("at most {} more than {}", analysis::share_text(bound), against.told());
    }

    CheckResult result(std::string run, Finding finding) const {
        return {check->name, check->position, std::move(run), check->metric,      check->unit, requirement(),
                kind,        bound,           against_text(), std::move(finding), false};
    }

    std::string against_text() const {
        return kind == BoundKind::MaximumIncrease ? against.written() : std::string();
    }

    /// About no run at all.
    CheckResult undecided(std::string explanation) const {
        Finding finding;
        finding.explanation = std::move(explanation);
        return result({}, std::move(finding));
    }
};

/// A null may stand for a NaN, which is another thing than a figure that is not there.
std::optional<double> told(const std::optional<double>& stored, std::string_view missing) {
    if (!stored && missing == protocol::kNotANumber) return std::numeric_limits<double>::quiet_NaN();
    return stored;
}

std::vector<Rule> rules_of(const CheckDefinition& check, const std::vector<sweep::Against>& against) {
    std::vector<Rule> rules;
    if (check.maximum) rules.push_back({&check, BoundKind::Maximum, *check.maximum, check.column});
    if (check.minimum) rules.push_back({&check, BoundKind::Minimum, *check.minimum, check.column});
    if (!check.max_increase) return rules;
    for (const sweep::Against& own : against.empty() ? std::vector{check.against.value()} : against)
        rules.push_back({&check, BoundKind::MaximumIncrease, *check.max_increase, check.drift_column, own});
    return rules;
}

class CheckDecider {
  public:
    CheckDecider(const sweep::Sweep& sweep, results::CurrentResults& results,
                 const std::vector<sweep::Against>& against)
        : sweep_(sweep),
          results_(results),
          against_(against),
          units_(results::units_of(sweep)),
          origins_(results.connection()) {
        for (std::size_t i = 0; i < results.runs().size(); ++i) order_[results.runs()[i].run] = i;
    }

    std::vector<CheckResult> decide() {
        std::vector<CheckResult> all;
        for (const CheckDefinition& check : sweep_.checks()) {
            for (const Rule& rule : rules_of(check, against_)) {
                for (CheckResult& result : decide(rule)) all.push_back(std::move(result));
            }
        }
        return all;
    }

  private:
    /// The column of exactly that name is what is meant, whatever short forms there are.
    std::string column_of(const Rule& rule) const {
        return results_.has_column(rule.check->metric) ? rule.check->metric : rule.column;
    }

    /// The derived figure, and not a metric that somebody called so.
    bool is_cpu_time(const std::string& column) const {
        return column == protocol::kCpuTime.name && !results_.has_column(column);
    }

    /// SQL over `results`.
    std::string expression(const Rule& rule) const {
        const std::string column = column_of(rule);
        if (is_cpu_time(column)) return std::string(protocol::kCpuTime.expression);
        return results_.has_column(column) ? sql::quoted_name(column) : "NULL";
    }

    /// The same over `attempts`, where the baseline's are.
    std::string expression_of_baseline(const Rule& rule) const {
        const std::string column = column_of(rule);
        if (is_cpu_time(column)) return std::string(protocol::kCpuTime.expression);
        return results_.over_attempts(column);
    }

    [[noreturn]] void refuse(const CheckDefinition& check, const sql::SqlError& error) const {
        std::string message = error.what();
        if (error.is_interrupted()) message = fmt::format("took longer than {}", to_text(kTimeLimit));
        if (const auto unknown = error.unknown(); unknown && unknown->is_column()) {
            const std::vector<std::string>& known = results_.columns();
            message = fmt::format(
                "no result has a column '{}'{}", unknown->name,
                did_you_mean(unknown->name, std::vector<std::string_view>(known.begin(), known.end())));
        }
        throw UsageError(fmt::format("{}:{}:{}: where: {}",
                                     terminal::shown_path(sweep_.file_of(check.where_position)),
                                     check.where_position.line, check.where_position.column, message));
    }

    /// The repeats for which the check's condition holds, with what it looks at; those that were not made
    /// among them, as far as the condition can be told of them: by name and parameters.
    sql::Statement select(const Rule& rule) {
        const std::string column = column_of(rule);
        sql::Statement rows = results_.prepare(fmt::format(
            "SELECT run_id, run, repeat, status, reason, {0}, (SELECT m.reason FROM main.missing AS m WHERE "
            "m.run_id = results.run_id AND m.\"column\" = ?), coalesce({1}, ''){3} FROM results WHERE "
            "({2})",
            expression(rule), protocol::kLastWords,
            sql::checked_condition(results_.connection(), rule.check->where), bounds_of(column)));
        rows.bind(0, std::string_view(column));
        return rows;
    }

    /// SQL for four columns more, where the figure is one that is known by bounds.
    static std::string bounds_of(const std::string& column) {
        const auto* bounded = protocol::find_bounded(column);
        if (bounded == nullptr) return {};
        return fmt::format(
            ", {0}, {1}, {2}, CASE WHEN {1} IS NULL THEN (SELECT m.reason FROM main.missing AS m WHERE "
            "m.run_id = "
            "results.run_id AND m.\"column\" = '{1}') END",
            bounded->low, bounded->high, bounded->method.empty() ? "NULL" : bounded->method);
    }

    /// What the row says of them. A record that is older than they are knows of no upper one.
    std::optional<analysis::KnownBounds> bounds_in(const Rule& rule, const sql::Statement& row) const {
        const auto* bounded = protocol::find_bounded(column_of(rule));
        if (bounded == nullptr) return std::nullopt;
        const auto number_at = [&](int index) {
            return row.is_null(index) ? std::nullopt : std::optional(row.real(index));
        };
        const auto low = number_at(8);
        analysis::KnownBounds bounds{low ? low : number_at(5), number_at(9), row.text(11), row.text(10)};
        if (bounded == &protocol::kGrowth) bounds.way_out = "more epochs narrow it";
        return bounds;
    }

    std::optional<analysis::KnownBounds> bounds_of_baseline(const Rule& rule,
                                                            const store::BaselineValue& value) const {
        if (column_of(rule) != protocol::kPeakMemory.name) return std::nullopt;
        return analysis::KnownBounds{value.peak_low ? value.peak_low : value.value, value.peak_high};
    }

    /// The runs that the check is about, in the order of the sweep.
    std::vector<analysis::CheckedRun> runs_of(const Rule& rule) {
        const bool is_drift = rule.kind == BoundKind::MaximumIncrease;
        std::map<std::size_t, analysis::CheckedRun> found;
        try {
            // outside the guard, for it may have to make the medians
            sql::Statement rows = select(rule);
            const sql::ReadOnlyGuard guard(results_.connection(), kTimeLimit);
            while (rows.step()) {
                analysis::CheckedRun& checked = found[order_.at(rows.text(1))];
                checked.run = rows.text(1);
                const auto status = protocol::status_from_text(rows.text(3));
                if (status == Status::NotRun) {
                    checked.gaps.push_back(static_cast<int>(rows.integer(2)));
                    continue;
                }
                checked.repeats.push_back(
                    {.run_id = rows.text(0),
                     .repeat = static_cast<int>(rows.integer(2)),
                     .status = status.value_or(Status::Failed),
                     .reason = protocol::told_reason(rows.text(4), rows.text(7)),
                     .value =
                         told(rows.is_null(5) ? std::nullopt : std::optional(rows.real(5)), rows.text(6)),
                     .missing = rows.text(6),
                     .origin = is_drift ? origins_.of(rows.text(0)) : analysis::Origin{},
                     .bounds = bounds_in(rule, rows)});
            }
        } catch (const sql::SqlError& error) {
            refuse(*rule.check, error);
        }
        std::vector<analysis::CheckedRun> out;
        for (auto& [index, checked] : found) out.push_back(std::move(checked));
        return out;
    }

    /// What the baseline has of each run, by save; the newest is the last.
    using Saves = std::map<std::string, std::vector<analysis::RepeatFigure>>;
    std::map<std::string, Saves, std::less<>> baseline_of(const Rule& rule) {
        std::map<std::string, Saves, std::less<>> before;
        for (const auto& value :
             store::baseline_values(results_.connection(), rule.against.baseline, sweep_.name(),
                                    expression_of_baseline(rule), column_of(rule), rule.against.last)) {
            before[value.run][value.saved_at].push_back({.run_id = value.run_id,
                                                         .repeat = value.repeat,
                                                         .status = Status::Ok,  // a baseline names no other
                                                         .reason = {},
                                                         .value = told(value.value, value.missing),
                                                         .missing = value.missing,
                                                         .origin = origins_.of(value.run_id),
                                                         .bounds = bounds_of_baseline(rule, value)});
        }
        return before;
    }

    /// Whether the run's figure can be held against those of the save at all.
    bool can_be_held(const Rule& rule, const analysis::CheckedRun& run,
                     const std::vector<analysis::RepeatFigure>& save) const {
        const auto has_figure = [](const analysis::RepeatFigure& repeat) {
            return repeat.value && std::isfinite(*repeat.value);
        };
        const auto is_own = [&](const analysis::RepeatFigure& repeat) {
            return std::ranges::find(run.repeats, repeat.run_id, &analysis::RepeatFigure::run_id) !=
                   run.repeats.end();
        };
        const std::string column = column_of(rule);
        return std::ranges::all_of(save, has_figure) && std::ranges::none_of(save, is_own) &&
               comparability_of(run, save).obstacle(column, units_.noise(column)).empty();
    }

    /// The save with the least median, of those that the run can be held against; where there is none, the
    /// newest, which says why. End: no save has the run.
    Saves::const_iterator best_of(const Rule& rule, const analysis::CheckedRun& run,
                                  const Saves& saves) const {
        auto best = saves.end();
        double least = 0;
        for (auto save = saves.begin(); save != saves.end(); ++save) {
            if (!can_be_held(rule, run, save->second)) continue;
            std::vector<double> values;
            for (const analysis::RepeatFigure& repeat : save->second) values.push_back(*repeat.value);
            const double middle = median(values).value_or(0);
            if (best != saves.end() && middle >= least) continue;
            best = save;
            least = middle;
        }
        return best == saves.end() && !saves.empty() ? std::prev(saves.end()) : best;
    }

    /// `2026-01-23 14:05 UTC`
    static std::string minute_of(const std::string& saved_at) {
        constexpr std::size_t kDay = 10, kMinute = 16;
        return saved_at.size() < kMinute ? saved_at
                                         : fmt::format("{} {} UTC", saved_at.substr(0, kDay),
                                                       saved_at.substr(kDay + 1, kMinute - kDay - 1));
    }

    CheckResult decide_drift_of(const Rule& rule, const analysis::CheckedRun& run, const Saves& saves) const {
        const auto best = best_of(rule, run, saves);
        const std::vector<analysis::RepeatFigure> before =
            best == saves.end() ? std::vector<analysis::RepeatFigure>() : best->second;
        Finding finding =
            analysis::decide_drift({rule.bound, rule.against.baseline, units_.noise(column_of(rule)),
                                    rule.check->metric, column_of(rule)},
                                   run, before);
        if (rule.against.is_best_of() && finding.change)
            finding.explanation += fmt::format(
                "; the best of {} was saved {}",
                saves.size() == 1 ? "1 save" : fmt::format("{} saves", saves.size()), minute_of(best->first));
        CheckResult result = rule.result(run.run, std::move(finding));
        result.disturbed = result.finding.measured && is_disturbed_figure(rule, run, before);
        return result;
    }

    std::vector<CheckResult> decide(const Rule& rule) {
        std::map<std::string, Saves, std::less<>> before;
        const bool is_drift = rule.kind == BoundKind::MaximumIncrease;
        if (is_drift) {
            const std::string& name = rule.against.baseline;
            if (!store::has_baseline(results_.connection(), name)) {
                return {rule.undecided(
                    fmt::format("there is no baseline '{0}'; `tidemark baseline save {0}` makes it", name))};
            }
            before = baseline_of(rule);
        }
        std::vector<CheckResult> out;
        for (const analysis::CheckedRun& run : runs_of(rule))
            out.push_back(is_drift ? decide_drift_of(rule, run, before[run.run])
                                   : decide_bound_of(rule, run));
        if (out.empty()) {
            out.push_back(rule.undecided(results_.made() > 0 ? "its `where` holds for no run"
                                                             : "nothing is measured yet"));
        }
        return out;
    }

    bool is_disturbed_figure(const Rule& rule, const analysis::CheckedRun& run,
                             const std::vector<analysis::RepeatFigure>& before) const {
        run::Disturbed disturbed;
        for (const auto* repeats : {&run.repeats, &before}) {
            for (const analysis::RepeatFigure& repeat : *repeats)
                disturbed |= store::disturbed_figures(results_.connection(), repeat.run_id);
        }
        return is_disturbed(disturbed, column_of(rule), units_.noise(column_of(rule)));
    }

    CheckResult decide_bound_of(const Rule& rule, const analysis::CheckedRun& run) const {
        const Unit unit = rule.check->unit;
        const analysis::Bound bound{rule.kind, rule.bound, unit == Unit::Bytes, rule.check->metric};
        CheckResult result = rule.result(run.run, analysis::decide_bound(bound, run, [&](double value) {
                                             return figure_beside(value, rule.bound, unit);
                                         }));
        result.disturbed = result.finding.measured && is_disturbed_figure(rule, run, {});
        return result;
    }

    const sweep::Sweep& sweep_;
    results::CurrentResults& results_;
    const std::vector<sweep::Against>& against_;
    results::Units units_;
    store::Origins origins_;
    std::map<std::string, std::size_t, std::less<>> order_;
};

}  // namespace

std::vector<CheckResult> decide_checks(const sweep::Sweep& sweep, results::CurrentResults& results,
                                       const std::vector<sweep::Against>& against) {
    return CheckDecider(sweep, results, against).decide();
}

std::vector<CheckResult> undecided_checks(const sweep::Sweep& sweep, const std::string& reason,
                                          const std::vector<sweep::Against>& against) {
    std::vector<CheckResult> all;
    for (const CheckDefinition& check : sweep.checks()) {
        for (const Rule& rule : rules_of(check, against)) all.push_back(rule.undecided(reason));
    }
    return all;
}

bool bounds_a_peak(const std::vector<CheckResult>& results) {
    return std::ranges::any_of(results, [](const CheckResult& result) {
        return result.bound_kind == BoundKind::Maximum && result.finding.bounds;
    });
}

Verdict worst_of(const std::vector<CheckResult>& results) {
    Verdict worst = Verdict::Pass;
    for (const CheckResult& result : results) worst = std::max(worst, result.finding.verdict);
    return worst;
}

std::string summary_of(const sweep::Sweep& sweep, const std::vector<CheckResult>& results) {
    std::map<std::string_view, Verdict> checks;
    for (const CheckResult& result : results) {
        const auto [entry, is_new] = checks.try_emplace(result.check, result.finding.verdict);
        entry->second = std::max(entry->second, result.finding.verdict);
    }
    std::vector<std::string> parts;
    for (const Verdict verdict : {Verdict::Pass, Verdict::Broken, Verdict::Undecided}) {
        const auto count =
            std::ranges::count_if(checks, [&](const auto& entry) { return entry.second == verdict; });
        if (count > 0) parts.push_back(fmt::format("{} {}", count, to_text(verdict)));
    }
    return fmt::format("{}: {} check{}: {}", sweep.name(), checks.size(), checks.size() == 1 ? "" : "s",
                       fmt::join(parts, ", "));
}

}  // namespace tidemark::tables
