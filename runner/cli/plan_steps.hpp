#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/units.hpp"
#include "results/plan_state.hpp"

namespace tidemark::cli {

/// What a plan may cost.
struct PlanBudget {
    std::size_t runs = 0;
    std::optional<Seconds> wall{};  ///< of this command
    Seconds started{};
};

/// What a plan does next.
struct NextStep {
    enum class Kind {
        Probe,         ///< runs what tells most
        Prove,         ///< repeats the best
        Found,         ///< there is a proven answer
        NothingHolds,  ///< no run does, or is expected to
        OutOfBudget,
        AllFail,   ///< for another reason than memory
        NoFigure,  ///< runs end well and do not report what is looked for
    };
    Kind kind = Kind::OutOfBudget;
    std::size_t run = 0;
    std::string why{};  ///< of AllFail: the reason; of NoFigure: the metric

    bool makes_run() const { return kind == Kind::Probe || kind == Kind::Prove; }
};

/// By what is known now. `now` is on the clock of the budget.
NextStep next_step(results::PlanState& state, const PlanBudget& budget, Seconds now);

}  // namespace tidemark::cli
