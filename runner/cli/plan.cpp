#include "cli/plan.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "base/digest.hpp"

namespace tidemark::cli {
namespace {

std::vector<run::PlannedRun> all_repeats(const sweep::Sweep& sweep) {
    std::vector<run::PlannedRun> all;
    const std::size_t specs = sweep.runs().size();
    all.reserve(specs * static_cast<std::size_t>(sweep.repeat()));
    if (sweep.order() == sweep::Order::Listed) {
        for (std::size_t spec = 0; spec < specs; ++spec) {
            for (int repeat = 1; repeat <= sweep.repeat(); ++repeat) all.push_back({spec, repeat});
        }
        return all;
    }
    for (int repeat = 1; repeat <= sweep.repeat(); ++repeat) {
        for (std::size_t spec = 0; spec < specs; ++spec) all.push_back({spec, repeat});
    }
    if (sweep.order() == sweep::Order::Shuffled) {
        std::mt19937_64 random(digest_of(sweep.name()).low);
        std::ranges::shuffle(all, random);
    }
    return all;
}

}  // namespace

Plan make_plan(const sweep::Sweep& sweep, const store::DoneRuns& done, bool fresh) {
    Plan plan;
    plan.keys.reserve(sweep.runs().size());
    for (const sweep::RunSpec& run : sweep.runs()) plan.keys.push_back(to_text(sweep.key(run)));
    plan.runs = all_repeats(sweep);
    if (fresh) return plan;
    plan.done_before = std::erase_if(plan.runs, [&](const run::PlannedRun& planned) {
        return done.contains(plan.keys[planned.spec], planned.repeat);
    });
    for (const run::PlannedRun& planned : plan.runs) {
        const std::string change = done.change(plan.keys[planned.spec], planned.repeat);
        if (change.empty()) continue;
        ++plan.changes[change];
        plan.first_changed.emplace(change, planned.spec);
    }
    return plan;
}

std::size_t leave_out(Plan& plan, const std::vector<std::size_t>& runs) {
    std::set<std::size_t> left_out;
    plan.lacking += std::erase_if(plan.runs, [&](const run::PlannedRun& planned) {
        if (!std::ranges::binary_search(runs, planned.spec)) return false;
        left_out.insert(planned.spec);
        return true;
    });
    return left_out.size();
}

}  // namespace tidemark::cli
