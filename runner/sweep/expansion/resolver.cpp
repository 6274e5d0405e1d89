#include "sweep/expansion/resolver.hpp"

#include <fmt/format.h>

#include "base/suggestion.hpp"

namespace tidemark::sweep {

Resolver::Resolver(const Definition& definition, const SweepParameters& columns,
                   sql::ExpressionEngine& engine, ValuePool& values, Problems& problems)
    : definition_(definition),
      columns_(columns),
      values_(values),
      problems_(problems),
      derivations_(definition, columns, engine, values, problems) {
    for (const GivenExpression& given : definition.exclude) {
        try {
            excludes_.emplace_back(
                RowExpression(engine, given.text, columns.names(), sql::ExpressionUse::Condition), &given);
        } catch (const sql::ExpressionError& error) {
            problems.add(given.position, "exclude", error.what());
        }
    }
    collect_required();
}

void Resolver::collect_required() {
    const auto require = [&](const GivenTemplate& part) {
        for (const std::string& name : part.text.names()) {
            if (const auto column = columns_.find(name)) required_.emplace_back(*column, &part);
        }
    };
    for (const GivenTemplate& part : definition_.command) require(part);
    for (const auto& [name, part] : definition_.environment) require(part);
    for (const auto* part : {&definition_.working_directory, &definition_.stdin_file}) {
        if (*part) require(**part);
    }
}

bool Resolver::resolve(Draft& draft, const std::vector<Explicit>& values,
                       const std::vector<bool>& is_explicit, const std::string& run,
                       MayBeExcluded may_be_excluded) {
    if (!fill(draft, values, run)) return false;
    const auto failure = derivations_.derive(draft.row, *draft.profile, is_explicit);
    if (may_be_excluded == MayBeExcluded::Yes && is_excluded(draft.row, run)) return false;
    if (failure) {
        derivations_.report(*failure, run);
        return false;
    }
    if (derivations_.any_by_repeat() && !is_derivable_in_each_repeat(draft, run)) return false;
    report_misfits(draft, run);
    return has_all_required(draft.row, run) && draft.misfits.empty();
}

bool Resolver::is_excluded(Draft& draft, const std::vector<Explicit>& values,
                           const std::vector<bool>& is_explicit, const std::string& run) {
    if (!fill(draft, values, run)) return false;
    derivations_.derive(draft.row, *draft.profile, is_explicit);
    return is_excluded(draft.row, run);
}

bool Resolver::fill(Draft& draft, const std::vector<Explicit>& values, const std::string& run) {
    draft.misfits.clear();
    // cells of one profile differ in what is explicit or derived, and both are set anew where the same is
    // explicit in all
    const bool differs = !definition_.additions.empty() || !definition_.each.empty();
    if (draft.row.empty() || columns_.choose_workload() || differs)
        draft.row = columns_.profiles().front().base;
    for (const Explicit& value : values) draft.row[value.column] = value.value;
    draft.profile = columns_.profile(draft.row);
    if (!columns_.choose_workload()) return true;
    if (draft.profile == nullptr) {
        explain_missing_workload(draft.row, run);
        return false;
    }
    draft.row = draft.profile->base;
    for (const Explicit& value : values) fit(draft, value);
    return true;
}

void Resolver::fit(Draft& draft, const Explicit& value) {
    draft.row[value.column] = value.value;
    if (!columns_.knows(*draft.profile, value.column)) {
        draft.misfits.emplace_back(&value, std::string());
        return;
    }
    const Profile& profile = *draft.profile;
    const Fitted& fitted =
        fitted_.get({&profile, &columns_.all()[value.column], value.value}, [&]() -> Fitted {
            const auto checked = columns_.check(profile, value.column, value.value->value);
            if (!checked.value) return {nullptr, checked.problem};
            return {values_.keep(*checked.value, value.value->written)};
        });
    if (fitted.value != nullptr)
        draft.row[value.column] = fitted.value;
    else
        draft.misfits.emplace_back(&value, fitted.problem);
}

void Resolver::explain_missing_workload(RowView row, const std::string& run) {
    const GivenTemplate& workload = *definition_.workload;
    for (const std::string& name : workload.text.names()) {
        if (!is_null(row[*columns_.find(name)]->value)) continue;
        problems_.add(
            workload.position, workload.key,
            fmt::format("'{{{}}}' has no value in the run '{}'; give it in parameters, matrix or the run",
                        name, run));
        return;
    }
    std::vector<std::string_view> known;
    for (const Profile& profile : columns_.profiles()) {
        if (profile.workload != nullptr) known.emplace_back(profile.workload->workload);
    }
    const std::string name = columns_.workload_name(row);
    problems_.add(
        workload.position, workload.key,
        fmt::format("there is no workload '{}'{} (in the run '{}')", name, did_you_mean(name, known), run));
}

bool Resolver::is_excluded(RowView row, const std::string& run) {
    for (auto& [condition, given] : excludes_) {
        try {
            if (condition.holds(row, run)) return true;
        } catch (const sql::ExpressionError& error) {
            problems_.add(given->position, "exclude", error.what());
        }
    }
    return false;
}

void Resolver::report_misfits(const Draft& draft, const std::string& run) {
    for (const auto& [value, problem] : draft.misfits) {
        const std::string& workload = draft.profile->workload->workload;
        const bool in_matrix = value->key->starts_with("matrix.");
        const std::string message =
            problem.empty()
                ? fmt::format("the workload '{}' of the run '{}' has no such parameter; {}", workload, run,
                              in_matrix ? "leave such cells out with exclude" : "remove it")
                : fmt::format("{} (in the run '{}' of the workload '{}')", problem, run, workload);
        const GivenValue& given = *value->given;
        if (given.option.empty())
            problems_.add(given.position, *value->key, message);
        else
            problems_.add_option(given.option, message);
    }
}

bool Resolver::is_derivable_in_each_repeat(const Draft& draft, const std::string& run) {
    const int most = most_repeats(definition_);
    for (int repeat = 1; repeat <= most; ++repeat) {
        Row row = draft.row;
        const auto failure = derivations_.derive_for(repeat, row, *draft.profile);
        if (!failure) continue;
        derivations_.report(*failure, run);
        return false;
    }
    return true;
}

bool Resolver::has_all_required(RowView row, const std::string& run) {
    bool has_all = true;
    for (const auto& [column, part] : required_) {
        if (!is_null(row[column]->value) || columns_.all()[column].by_repeat) continue;
        if (!part->when.empty() && columns_.is_absent(part->when, row)) continue;
        has_all = false;
        problems_.add(
            part->position, part->key,
            fmt::format("the placeholder '{{{}}}' has no value in the run '{}'; give one in parameters, or "
                        "\"\" for an empty text",
                        columns_.names()[column], run));
    }
    return has_all;
}

}  // namespace tidemark::sweep
