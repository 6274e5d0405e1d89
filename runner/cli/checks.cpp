#include "cli/checks.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "cli/figure_text.hpp"
#include "cli/installation.hpp"
#include "sql/read_only_guard.hpp"

namespace tidemark::cli {
namespace {

using analysis::Finding;
using analysis::Verdict;
using protocol::Unit;
using sweep::CheckDefinition;

/// Of all checks together; they are a few selects over one sweep.
constexpr Seconds kTimeLimit{60};

std::string figure_of(double value, Unit unit) {
    return unit == Unit::None || unit == Unit::Count ? exact_text(value) : figure_text(value, unit);
}

/// Rounded, but where that would make it look the same as the bound that it misses.
std::string figure_beside(double value, double bound, Unit unit) {
    const std::string text = figure_of(value, unit);
    if (value == bound || text != figure_of(bound, unit)) return text;
    if (unit == Unit::Bytes) return fmt::format("{:.0f} B", value);
    return fmt::format("{}", value);
}

/// One bound of a check with the column that it looks at.
struct Rule {
    const CheckDefinition* check;
    std::string kind;
    double bound;
    std::string column;

    std::string requirement() const {
        if (kind == "max_increase")
            return fmt::format("at most {} more than {}", analysis::share_text(bound), check->against);
        return fmt::format("{} {}", kind == "max" ? "at most" : "at least", figure_of(bound, check->unit));
    }

    CheckResult result(std::string run, Finding finding) const {
        return {check->name, check->position, std::move(run),    check->metric, check->unit, requirement(),
                kind,        bound,           std::move(finding)};
    }
};

std::vector<Rule> rules_of(const CheckDefinition& check) {
    std::vector<Rule> rules;
    if (check.maximum) rules.push_back({&check, "max", *check.maximum, check.column});
    if (check.minimum) rules.push_back({&check, "min", *check.minimum, check.column});
    if (check.max_increase)
        rules.push_back({&check, "max_increase", *check.max_increase, check.drift_column});
    return rules;
}

store::PlannedSweep planned(const sweep::Sweep& sweep) {
    store::PlannedSweep plan;
    plan.name = sweep.name();
    plan.repeats = sweep.repeat();
    std::map<std::string, std::size_t, std::less<>> columns;
    for (const sweep::RunSpec& run : sweep.runs()) {
        store::PlannedResult& result = plan.runs.emplace_back();
        result.run = run.run;
        result.cell = to_text(run.cell);
        result.key = to_text(sweep.key(run));
        for (auto& [name, value] : sweep.parameters(run)) {
            const auto [column, is_new] = columns.try_emplace(name, plan.parameters.size());
            if (is_new) plan.parameters.push_back(name);
            result.parameters.resize(std::max(result.parameters.size(), column->second + 1));
            result.parameters[column->second] = std::move(value);
        }
    }
    for (store::PlannedResult& result : plan.runs) result.parameters.resize(plan.parameters.size());
    return plan;
}

class Decider {
  public:
    Decider(const sweep::Sweep& sweep, store::Database& database)
        : sweep_(sweep),
          database_(database),
          results_(database.connection(), planned(sweep)),
          guard_(database.connection(), kTimeLimit) {
        for (std::size_t i = 0; i < sweep.runs().size(); ++i) order_[sweep.runs()[i].run] = i;
    }

    std::vector<CheckResult> decide() {
        std::vector<CheckResult> all;
        for (const CheckDefinition& check : sweep_.checks()) {
            for (const Rule& rule : rules_of(check)) {
                for (CheckResult& result : decide(rule)) all.push_back(std::move(result));
            }
        }
        return all;
    }

  private:
    std::string expression(const Rule& rule) const {
        // a column of exactly that name is what is meant, whatever short forms there are
        if (results_.has_column(rule.check->metric)) return sql::quoted_name(rule.check->metric);
        if (rule.column == sweep::kCpuTime) return "(user_s + system_s)";
        return results_.has_column(rule.column) ? sql::quoted_name(rule.column) : "NULL";
    }

    [[noreturn]] void refuse(const CheckDefinition& check, const sql::SqlError& error) const {
        constexpr std::string_view kNoColumn = "no such column: ";
        std::string message = error.what();
        if (error.is_interrupted()) message = fmt::format("took longer than {}", to_text(kTimeLimit));
        if (message.starts_with(kNoColumn)) {
            const std::string name = message.substr(kNoColumn.size());
            const std::vector<std::string> known = results_.columns();
            message =
                fmt::format("no result has a column '{}'{}", name,
                            did_you_mean(name, std::vector<std::string_view>(known.begin(), known.end())));
        }
        throw UsageError(fmt::format("{}:{}:{}: where: {}", shown_path(sweep_.file()),
                                     check.where_position.line, check.where_position.column, message));
    }

    /// The runs that the check is about, in the order of the sweep.
    std::vector<analysis::CheckedRun> runs_of(const Rule& rule) {
        std::map<std::size_t, analysis::CheckedRun> found;
        const auto run = [&](const std::string& name) -> analysis::CheckedRun& {
            analysis::CheckedRun& checked = found[order_.at(name)];
            checked.run = name;
            return checked;
        };
        try {
            if (results_.any()) {
                for (auto& row : results_.rows(rule.check->where, expression(rule), rule.column))
                    run(row.run).repeats.push_back(std::move(row));
            }
            for (const auto& gap : results_.gaps(rule.check->where)) run(gap.run).gaps.push_back(gap.repeat);
        } catch (const sql::SqlError& error) {
            // which metrics a command will tell is known when it has told them
            if (results_.any() || !std::string_view(error.what()).starts_with("no such column: "))
                refuse(*rule.check, error);
        }
        std::vector<analysis::CheckedRun> out;
        for (auto& [index, checked] : found) {
            std::ranges::sort(checked.repeats, {}, &store::CurrentResults::Row::repeat);
            std::ranges::sort(checked.gaps);
            out.push_back(std::move(checked));
        }
        return out;
    }

    std::vector<CheckResult> decide(const Rule& rule) {
        std::vector<CheckResult> out;
        std::map<std::string, std::vector<store::BaselineValue>, std::less<>> before;
        if (rule.kind == "max_increase") {
            const std::string& name = rule.check->against;
            if (!store::has_baseline(database_.connection(), name)) {
                Finding finding;
                finding.explanation =
                    fmt::format("there is no baseline '{0}'; `tidemark baseline save {0}` makes it", name);
                return {rule.result({}, std::move(finding))};
            }
            for (auto& value :
                 store::baseline_values(database_.connection(), name, sweep_.name(), expression(rule)))
                before[value.run].push_back(std::move(value));
        }
        for (const analysis::CheckedRun& run : runs_of(rule))
            out.push_back(rule.result(run.run, decide(rule, run, before[run.run])));
        if (out.empty()) {
            Finding finding;
            finding.explanation = results_.any() ? "its `where` holds for no run" : "nothing is measured yet";
            out.push_back(rule.result({}, std::move(finding)));
        }
        return out;
    }

    Finding decide(const Rule& rule, const analysis::CheckedRun& run,
                   const std::vector<store::BaselineValue>& before) const {
        const Unit unit = rule.check->unit;
        if (rule.kind == "max_increase")
            return decide_drift(
                {rule.bound, rule.check->against, analysis::noise_of(rule.column), rule.check->metric}, run,
                before);
        const analysis::Bound bound{
            rule.kind == "max" ? analysis::Bound::Kind::Maximum : analysis::Bound::Kind::Minimum, rule.bound,
            unit == Unit::Bytes, rule.check->metric};
        return decide_bound(bound, run, [&](double value) { return figure_beside(value, rule.bound, unit); });
    }

    const sweep::Sweep& sweep_;
    store::Database& database_;
    store::CurrentResults results_;
    sql::ReadOnlyGuard guard_;
    std::map<std::string, std::size_t, std::less<>> order_;
};

}  // namespace

std::vector<CheckResult> decide_checks(const sweep::Sweep& sweep, store::Database& database) {
    return Decider(sweep, database).decide();
}

std::vector<CheckResult> undecided_checks(const sweep::Sweep& sweep, const std::string& reason) {
    std::vector<CheckResult> all;
    for (const CheckDefinition& check : sweep.checks()) {
        for (const Rule& rule : rules_of(check)) {
            Finding finding;
            finding.explanation = reason;
            all.push_back(rule.result({}, std::move(finding)));
        }
    }
    return all;
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

}  // namespace tidemark::cli
