#include "cli/plan.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include "base/digest.hpp"

namespace tidemark::cli {
namespace {

/// The last repeat that is to be looked at.
int last_repeat(const sweep::Repeats& repeats, const std::string& key, const store::DoneRuns& done) {
    return std::clamp(done.last_repeat(key), repeats.least, repeats.most);
}

/// `repeats` has as many for each run.
std::vector<run::PlannedRun> all_repeats(const sweep::Sweep& sweep, const std::vector<int>& repeats) {
    std::vector<run::PlannedRun> all;
    const std::size_t specs = repeats.size();
    all.reserve(std::accumulate(repeats.begin(), repeats.end(), std::size_t{0}));
    if (sweep.order() == sweep::Order::Listed) {
        for (std::size_t spec = 0; spec < specs; ++spec) {
            for (int repeat = 1; repeat <= repeats[spec]; ++repeat) all.push_back({spec, repeat});
        }
        return all;
    }
    const int most = repeats.empty() ? 0 : *std::ranges::max_element(repeats);
    for (int repeat = 1; repeat <= most; ++repeat) {
        for (std::size_t spec = 0; spec < specs; ++spec) {
            if (repeat <= repeats[spec]) all.push_back({spec, repeat});
        }
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
    for (const sweep::RunSpec& run : sweep.runs()) {
        const sweep::ResolvedRun resolved = sweep.resolve(run);
        plan.keys.push_back(to_text(resolved.key()));
        plan.measured_keys.push_back(to_text(resolved.measured_key()));
        const sweep::Repeats& repeats = sweep.repeats(run);
        plan.repeats.push_back(fresh ? repeats.least : last_repeat(repeats, plan.keys.back(), done));
    }
    plan.runs = all_repeats(sweep, plan.repeats);
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
