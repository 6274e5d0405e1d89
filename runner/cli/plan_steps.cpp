#include "cli/plan_steps.hpp"

namespace tidemark::cli {
namespace {

using Kind = NextStep::Kind;

/// Less is not worth a run: the figures of two repeats differ by more.
constexpr double kGainWorthARun = 0.003;
/// Where the model expects fewer runs than this to hold, among all that were not tried, the search ends.
constexpr double kHopeless = 0.01;
/// So many that fail, and none that ends well, are no accident.
constexpr std::size_t kFailuresTold = 3;

/// What is looked for or bounded, and a run that ended well did not report; empty: nothing.
std::string not_reported(const results::PlanState& state, const results::PlannedCell& cell) {
    if (cell.lacks_goal) return state.goal().figure.metric;
    for (std::size_t i = 0; i < cell.values.size(); ++i) {
        if (cell.values[i].empty()) return state.goal().bounds[i].figure.metric;
    }
    return {};
}

/// Nothing where one run has shown anything of use; that it ran out of memory is.
std::optional<NextStep> what_fails(const results::PlanState& state) {
    NextStep failing;
    for (const auto& [run, cell] : state.cells()) {
        if (cell.out_of_memory) return std::nullopt;
        if (cell.measured + cell.probed == 0) {
            failing = {Kind::AllFail, run, cell.failure};
            continue;
        }
        const std::string metric = not_reported(state, cell);
        if (metric.empty()) return std::nullopt;
        failing = {Kind::NoFigure, run, metric};
    }
    const std::size_t seen = state.cells().size();
    if (seen >= kFailuresTold || (seen > 0 && seen == state.space().size())) return failing;
    return std::nullopt;
}

double expected_to_hold(results::PlanState& state) {
    const std::vector<std::size_t> some = state.search().candidates();
    double sum = 0;
    for (const std::size_t run : some) sum += state.search().chance_of_holding(run);
    if (some.empty()) return 0;
    return sum * static_cast<double>(state.search().untried()) / static_cast<double>(some.size());
}

}  // namespace

NextStep next_step(results::PlanState& state, const PlanBudget& budget, Seconds now) {
    if (const auto failing = what_fails(state)) return *failing;
    planning::Search& search = state.search();
    const auto best = search.best();
    const std::size_t unproven = best ? state.unproven_repeats(*best) : 0;
    const std::size_t left = budget.runs - std::min(budget.runs, state.made());
    const bool is_late = budget.wall && now.value - budget.started.value > budget.wall->value;
    if (!best && search.untried() == 0) return {Kind::NothingHolds};
    if (left == 0 || is_late) {
        if (best && unproven == 0) return {Kind::Found, *best};
        return {Kind::OutOfBudget};
    }
    if (best && unproven > 0 && left <= unproven) return {Kind::Prove, *best};
    const auto next = search.next();
    const bool is_worth_it = next && (next->explores || next->expected_gain > kGainWorthARun);
    if (best && !is_worth_it) {
        if (unproven > 0) return {Kind::Prove, *best};
        return {Kind::Found, *best};
    }
    if (!next || (!best && !next->explores && expected_to_hold(state) < kHopeless))
        return {Kind::NothingHolds};
    return {Kind::Probe, next->cell};
}

}  // namespace tidemark::cli
