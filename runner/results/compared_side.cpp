#include "results/compared_side.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "store/baselines.hpp"
#include "store/queries.hpp"

namespace tidemark::results {
namespace {

using Kind = ComparedSide::Kind;
constexpr int kMostCandidates = 10;

class Resolver {
  public:
    Resolver(std::shared_ptr<store::Database> database, std::string text)
        : database_(std::move(database)), text_(std::move(text)), wanted_(text_) {
        for (const std::string_view word : {"run:", "sweep:", "baseline:", "db:"}) {
            if (!wanted_.starts_with(word)) continue;
            prefix_ = word;
            wanted_.erase(0, word.size());
        }
    }

    ComparedSide resolve() {
        if (is_wanted("db:")) add_database();
        if (is_wanted("run:")) add_runs();
        if (is_wanted("sweep:")) add_sweep();
        if (is_wanted("baseline:") && store::has_baseline(connection(), wanted_))
            add(Kind::Baseline, wanted_, {}, "baseline:" + wanted_);
        if (found_.empty()) refuse();
        if (found_.size() > 1)
            throw UsageError(fmt::format("'{}' may be any of these; name one of them:\n    {}", text_,
                                         fmt::join(ways_, "\n    ")));
        return found_.front();
    }

  private:
    sql::Connection& connection() const { return database_->connection(); }
    bool is_wanted(std::string_view prefix) const { return prefix_.empty() || prefix_ == prefix; }

    void add(Kind kind, std::string name, std::string sweep, std::string way) {
        found_.push_back({kind, text_, std::move(name), std::move(sweep), database_});
        ways_.push_back(std::move(way));
    }

    void add_database() {
        const bool is_file = std::filesystem::is_regular_file(wanted_);
        if (!is_file && prefix_.empty()) return;
        auto other = std::make_shared<store::Database>(store::Database::open_to_read(wanted_));
        found_.push_back({Kind::Database, text_, {}, {}, std::move(other)});
        ways_.push_back("db:" + wanted_);
    }

    void add_runs() {
        for (const std::string& id : store::find_run_ids(connection(), wanted_, kMostCandidates)) {
            if (!id.starts_with(wanted_) && !id.ends_with(wanted_)) continue;  // found by its name
            add(Kind::Attempt, id, store::load_run(connection(), id).record.request.sweep, id);
        }
        if (!found_.empty()) return;
        add_named(wanted_, std::nullopt);
        for (std::size_t slash = wanted_.find('/'); slash != std::string::npos;
             slash = wanted_.find('/', slash + 1))
            add_named(wanted_.substr(slash + 1), wanted_.substr(0, slash));
    }

    void add_named(const std::string& run, const std::optional<std::string>& sweep) {
        std::vector<std::string> seen;
        std::vector<NamedRun> all = find_named_runs(connection(), run, sweep);
        if (all.empty()) {
            for (const std::string& name : store::names_meant_by(connection(), run)) {
                for (NamedRun& named : find_named_runs(connection(), name, sweep))
                    all.push_back(std::move(named));
            }
        }
        for (const NamedRun& named : all) {
            // of several cells that had the name one after the other, the newest
            if (std::ranges::find(seen, named.sweep) != seen.end()) continue;
            seen.push_back(named.sweep);
            add(Kind::Run, named.cell, named.sweep, fmt::format("run:{}/{}", named.sweep, run));
        }
    }

    void add_sweep() {
        const auto names = sweep_names(connection(), std::nullopt);
        if (std::ranges::find(names, wanted_) != names.end())
            add(Kind::Sweep, {}, wanted_, "sweep:" + wanted_);
    }

    [[noreturn]] void refuse() const {
        std::vector<std::string> known = sweep_names(connection(), std::nullopt);
        for (const store::BaselineSummary& baseline : store::baselines(connection()))
            known.push_back(baseline.name);
        throw UsageError(fmt::format(
            "there is no run, sweep, baseline or database '{}'{}; `tidemark list` shows what there is", text_,
            did_you_mean(wanted_, std::vector<std::string_view>(known.begin(), known.end()))));
    }

    std::shared_ptr<store::Database> database_;
    std::string text_;
    std::string wanted_;
    std::string prefix_;
    std::vector<ComparedSide> found_;
    std::vector<std::string> ways_;  ///< how to name each of them alone
};

}  // namespace

std::vector<std::string> ComparedSide::sweeps() const {
    if (has_sweep()) return {sweep};
    return sweep_names(database->connection(), kind == Kind::Baseline ? std::optional(name) : std::nullopt);
}

std::vector<RunGroup> ComparedSide::groups(const std::string& in_sweep) const {
    using SetKind = RunSet::Kind;
    RunSet set{SetKind::Sweep, name, in_sweep};
    if (kind == Kind::Attempt) set.kind = SetKind::Attempt;
    if (kind == Kind::Run) set.kind = SetKind::Run;
    if (kind == Kind::Baseline) set.kind = SetKind::Baseline;
    return load_groups(database->connection(), set);
}

ComparedSide resolve_side(const std::shared_ptr<store::Database>& database, const std::string& text) {
    return Resolver(database, text).resolve();
}

}  // namespace tidemark::results
