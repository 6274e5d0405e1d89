#include "sweep/expansion/expansion.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "sql/expression.hpp"
#include "sweep/expansion/index_table.hpp"
#include "sweep/expansion/matrix_cells.hpp"
#include "sweep/expansion/resolver.hpp"
#include "sweep/expansion/row_expression.hpp"
#include "sweep/expansion/sampling.hpp"
#include "sweep/expansion/variants.hpp"

namespace tidemark::sweep {
namespace {

using sql::ExpressionError;

class Expander {
  public:
    Expander(const Definition& definition, const SweepParameters& columns,
             const std::vector<std::size_t>& varying, const LoadOptions& options, const CellDigest& digest,
             ValuePool& values, Problems& problems)
        : definition_(definition),
          columns_(columns),
          varying_(varying),
          options_(options),
          digest_(digest),
          values_(values),
          problems_(problems),
          resolver_(definition, columns, engine_, values, problems) {}

    Expansion expand() {
        compile_only();
        const std::size_t most = count_runs();
        if (problems_.any()) return {};
        runs_.reserve(most);
        expand_matrix();
        expand_named_runs();
        if (runs_.empty() && !problems_.any()) explain_nothing_left();
        return {std::move(runs_), excluded_};
    }

  private:
    void compile_only() {
        if (!options_.only) return;
        std::vector<std::string> names = columns_.names();
        names.emplace_back("run");
        try {
            only_.emplace(engine_, *options_.only, names, sql::ExpressionUse::Condition);
            for (const std::size_t column : only_->uses()) {
                if (column < columns_.all().size() && columns_.all()[column].by_repeat)
                    problems_.add_option("--only",
                                         fmt::format("'{}' is another in each repeat of a run, and this is "
                                                     "about all of them",
                                                     names[column]));
            }
        } catch (const ExpressionError& error) {
            problems_.add_option("--only", error.what());
        }
    }

    /// As many as there are before any exclusion; too many are a problem.
    std::size_t count_runs() {
        const double variants = definition_.each.empty() ? 1 : static_cast<double>(definition_.each.size());
        const double all_cells = definition_.has_matrix ? count_cells(definition_) : 0;
        const double cells = definition_.sample ? sampled(all_cells) : all_cells;
        const double runs = cells * variants + static_cast<double>(definition_.runs.size());
        constexpr double kMostThatFit = 10'000'000;  // in 2 GB
        if (runs > kMostThatFit) {
            problems_.add(
                definition_.matrix_position, "matrix",
                fmt::format("expands to {:.0f} runs; more than {:.0f} do not fit", runs, kMostThatFit));
        } else if (runs > static_cast<double>(kManyRuns) && !options_.allow_many) {
            problems_.add(definition_.matrix_position, "matrix",
                          fmt::format("expands to {:.0f} runs before any exclusion, which is more than {}; "
                                      "if you mean it, say --yes",
                                      runs, kManyRuns));
        }
        return runs > kMostThatFit ? 0 : static_cast<std::size_t>(runs);
    }

    /// As many cells as `sample` takes of so many. With --set an axis may be smaller than the file has it.
    double sampled(double cells) {
        const GivenSample& sample = *definition_.sample;
        constexpr double kExact = 9007199254740992;  // 2^53
        if (cells > kExact)
            problems_.add(
                sample.position, "matrix.sample",
                fmt::format("the matrix has more than {:.0f} cells, which cannot be counted", kExact));
        else if (cells != static_cast<double>(sample.of) && options_.set.empty())
            problems_.add(sample.position, "matrix.sample",
                          fmt::format("the matrix has {:.0f} cell{} before any exclusion, not {}", cells,
                                      cells == 1 ? "" : "s", sample.of));
        if (sample.latin && !definition_.exclude.empty())
            problems_.add(sample.position, "matrix.sample",
                          "takes each value equally often, which it could not if 'exclude' left cells out; "
                          "remove 'exclude' or 'latin'");
        return std::min(cells, static_cast<double>(sample.count));
    }

    void expand_matrix() {
        if (!definition_.has_matrix) {
            if (!definition_.runs.empty()) return;
            const Given given{definition_.name, {}, std::vector<bool>(columns_.all().size(), false)};
            Draft draft;
            add_cell(draft, given, nullptr);
            return;
        }
        MatrixCells cells(definition_, columns_, values_, problems_);
        if (problems_.any()) return;
        Draft draft;
        const Variants variants(definition_, columns_, values_);
        if (definition_.sample) {
            for (const std::uint64_t number : sample(cells, variants))
                add_variants(draft, cells.at(number), variants);
        } else {
            cells.for_each([&](const Given& cell) { add_variants(draft, cell, variants); });
        }
    }

    void add_variants(Draft& draft, const Given& cell, const Variants& variants) {
        if (definition_.each.empty())
            add_cell(draft, cell, nullptr);
        else
            variants.for_each(
                cell, [&](const Given& run, const NamedRun& variant) { add_cell(draft, run, &variant); });
    }

    /// The numbers of the cells that `sample` takes, sorted. Of those that are drawn, cells all of whose runs
    /// are excluded do not count.
    std::vector<std::uint64_t> sample(MatrixCells& cells, const Variants& variants) {
        const GivenSample& sample = *definition_.sample;
        const auto all = static_cast<std::uint64_t>(count_cells(definition_));
        const std::uint64_t count = std::min(sample.count, all);
        if (sample.latin) return latin(count);
        std::vector<std::uint64_t> numbers;
        constexpr std::uint64_t kMostExcluded = 1'000'000;
        std::uint64_t excluded = 0;
        for (DistinctDraws draws(all, sample.seed); numbers.size() < count && draws.left() > 0;) {
            const std::uint64_t number = draws.draw();
            if (definition_.exclude.empty() || has_runs(cells.at(number), variants)) {
                numbers.push_back(number);
            } else if (++excluded > kMostExcluded) {
                problems_.add(sample.position, "matrix.sample",
                              fmt::format("found {} cells that are not excluded among {} that were drawn",
                                          numbers.size(), numbers.size() + excluded));
                break;
            }
        }
        std::ranges::sort(numbers);
        return numbers;
    }

    std::vector<std::uint64_t> latin(std::uint64_t count) {
        std::vector<std::size_t> sizes;
        for (const Axis& axis : definition_.matrix) sizes.push_back(axis.points.size());
        std::vector<std::uint64_t> numbers = latin_hypercube(sizes, count, definition_.sample->seed);
        if (numbers.size() < count)
            problems_.add(definition_.sample->position, "matrix.sample",
                          fmt::format("no {} different cells were found that take each value equally often; "
                                      "take fewer, or remove 'latin'",
                                      count));
        return numbers;
    }

    bool has_runs(const Given& cell, const Variants& variants) {
        if (definition_.each.empty()) return !is_excluded(cell);
        bool any = false;
        variants.for_each(cell, [&](const Given& run, const NamedRun&) { any = any || !is_excluded(run); });
        return any;
    }

    bool is_excluded(const Given& given) {
        Draft draft;
        return resolver_.is_excluded(draft, given.values, given.is_explicit, given.name);
    }

    std::vector<bool> explicit_columns(const std::vector<Explicit>& values) const {
        std::vector<bool> columns(columns_.all().size(), false);
        for (const Explicit& value : values) columns[value.column] = true;
        return columns;
    }

    void add_cell(Draft& draft, const Given& cell, const NamedRun* variant) {
        if (!resolver_.resolve(draft, cell.values, cell.is_explicit, cell.name, MayBeExcluded::Yes)) {
            ++excluded_;
            return;
        }
        const Digest digest = digest_(draft.row, *draft.profile);
        const std::size_t index = find_or_add(digest);
        if (index == runs_.size())
            append(draft, cell.values, digest, cell.name, !definition_.has_matrix || variant != nullptr);
        // no axis holds a value twice, so that two cells are equal by their variants, or by --set
        else if (variant != nullptr && options_.set.empty())
            problems_.add(
                variant->position, "each." + variant->name,
                fmt::format("is the same run as '{}': all their parameters are equal", runs_[index].run));
    }

    /// The index of the run with that cell; that of the next run where there is none yet.
    std::size_t find_or_add(const Digest& digest) {
        return by_digest_.find_or_add(digest.low, static_cast<std::uint32_t>(runs_.size()),
                                      [&](std::uint32_t run) { return runs_[run].cell == digest; });
    }

    /// Where the file gives the parameter, if it does outside the named runs.
    Position place_of(const std::string& parameter) const {
        const auto given = std::ranges::find(definition_.parameters, parameter, &GivenParameter::name);
        if (given != definition_.parameters.end()) return given->position;
        const auto axis = std::ranges::find_if(
            definition_.matrix, [&](const Axis& own) { return own.find(parameter).has_value(); });
        return axis != definition_.matrix.end() ? axis->position : Position{};
    }

    /// A value that the run's model can do nothing with, by the place that gives it to this run.
    void report_misfit(const SweepParameters::Misfit& misfit, const std::vector<Explicit>& values,
                       const std::string& run) {
        const std::string& name = columns_.names()[misfit.column];
        const std::string message = fmt::format("{} (in the run '{}'); ", misfit.message, run);
        const char* const remove = "remove it, or give it to runs of other models alone";
        const auto own = std::ranges::find(values, misfit.column, &Explicit::column);
        const auto given = std::ranges::find(definition_.parameters, name, &GivenParameter::name);
        const auto derived = std::ranges::find(definition_.derive, name, &GivenExpression::name);
        const GivenValue* const value = own != values.end()                     ? own->given
                                        : derived != definition_.derive.end()   ? nullptr
                                        : given != definition_.parameters.end() ? &given->value
                                                                                : nullptr;
        if (value != nullptr && !value->option.empty())
            problems_.add_option(value->option, message + remove);
        else if (own != values.end())
            problems_.add(value->position, *own->key,
                          message + (own->key->starts_with("matrix.") ? "leave such cells out with exclude"
                                                                      : "remove it"));
        else if (value != nullptr)
            problems_.add(value->position, "parameters." + name, message + remove);
        else if (derived != definition_.derive.end())
            problems_.add(derived->position, "derive." + name, message + remove);
    }

    void append(const Draft& draft, const std::vector<Explicit>& values, const Digest& digest,
                const std::string& name, bool named) {
        if (const auto lack = columns_.lack_of(*draft.profile, draft.row))
            problems_.add(place_of(lack->parameter), lack->parameter, lack->message);
        for (const SweepParameters::Misfit& misfit : columns_.misfits_of(*draft.profile, draft.row))
            report_misfit(misfit, values, name);
        varying_values_.clear();
        for (const std::size_t column : varying_) varying_values_.push_back(draft.row[column]);
        runs_.push_back({name, digest, values_.keep(varying_values_), named});
    }

    void expand_named_runs() {
        std::map<std::size_t, std::string> named;  // index of the run → the name that it was given
        for (const NamedRun& given : definition_.runs) {
            std::vector<std::string> keys;
            for (const GivenParameter& parameter : given.parameters)
                keys.push_back(fmt::format("runs.{}.{}", given.name, parameter.name));
            std::vector<Explicit> values;
            for (std::size_t i = 0; i < keys.size(); ++i) {
                const GivenParameter& parameter = given.parameters[i];
                const GivenValue& value = parameter.value;
                values.push_back({*columns_.find(parameter.name), &value, kept(values_, value), &keys[i]});
            }
            Draft draft;
            if (!resolver_.resolve(draft, values, explicit_columns(values), given.name, MayBeExcluded::No))
                continue;
            const Digest digest = digest_(draft.row, *draft.profile);
            const std::size_t index = find_or_add(digest);
            if (index == runs_.size()) {
                append(draft, values, digest, given.name, true);
                named.emplace(index, given.name);
            } else if (const auto [twin, first] = named.try_emplace(index, given.name); first) {
                runs_[index].run = given.name;
                runs_[index].named = true;
            } else if (options_.set.empty()) {
                problems_.add(
                    given.position, "runs." + given.name,
                    fmt::format("is the same run as '{}': all their parameters are equal", twin->second));
            }
        }
        by_digest_.clear();
        select();
        require_different_names();
    }

    void select() {
        if (!only_) return;
        try {
            std::erase_if(runs_, [&](const RunSpec& run) {
                return !only_->holds(columns_.row(varying_, run.values), run.run);
            });
        } catch (const ExpressionError& error) {
            problems_.add_option("--only", error.what());
        }
    }

    void require_different_names() {
        IndexTable by_name;
        for (std::uint32_t i = 0; i < runs_.size(); ++i) {
            const std::string& name = runs_[i].run;
            const std::uint32_t first =
                by_name.find_or_add(std::hash<std::string>()(name), i,
                                    [&](std::uint32_t other) { return runs_[other].run == name; });
            if (first == i) continue;
            const auto named = std::ranges::find(definition_.runs, name, &NamedRun::name);
            if (named != definition_.runs.end()) {
                problems_.add(named->position, "runs." + name,
                              "two different runs have this name; rename the named run");
            } else {
                problems_.add(
                    definition_.matrix_position, "matrix",
                    fmt::format("two different cells are called '{}'; give one of them a name under 'runs'",
                                name));
            }
        }
    }

    void explain_nothing_left() {
        if (only_)
            problems_.add_option("--only " + *options_.only, "no run of the sweep is like that");
        else
            problems_.add(definition_.exclude_position, "exclude",
                          "every cell of the matrix is excluded, so there is nothing to run");
    }

    const Definition& definition_;
    const SweepParameters& columns_;
    const std::vector<std::size_t>& varying_;
    const LoadOptions& options_;
    const CellDigest& digest_;
    ValuePool& values_;
    Problems& problems_;
    sql::ExpressionEngine engine_;
    Resolver resolver_;
    std::optional<RowExpression> only_;
    std::vector<RunSpec> runs_;
    std::size_t excluded_ = 0;
    IndexTable by_digest_;  ///< indices of runs
    Row varying_values_;
};

}  // namespace

Expansion expand(const Definition& definition, const SweepParameters& columns,
                 const std::vector<std::size_t>& varying, const LoadOptions& options,
                 const CellDigest& digest, ValuePool& values, Problems& problems) {
    return Expander(definition, columns, varying, options, digest, values, problems).expand();
}

}  // namespace tidemark::sweep
