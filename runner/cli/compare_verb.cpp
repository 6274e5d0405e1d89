#include <algorithm>
#include <compare>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/comparison.hpp"
#include "base/units.hpp"
#include "cli/compared_side.hpp"
#include "cli/figure_text.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"

namespace tidemark::cli {
namespace {

using analysis::Direction;
using analysis::FigureChange;
using protocol::Unit;
using report::Cell;
using report::Table;

struct CompareOptions {
    std::string first;
    std::string second;
    std::string threshold = "3 %";
    std::string database;
    OutputOptions output;
};

/// A parameter, or something else that the runs were told, that is not the same on both sides.
struct Difference {
    std::string name;
    std::string first;
    std::string second;
    auto operator<=>(const Difference&) const = default;
};

/// The runs that have one and the same difference.
struct SharedDifference {
    Difference difference;
    std::vector<std::string> runs;
};

/// A run of the one side and its counterpart.
struct ComparedRun {
    std::string run;
    std::vector<Difference> differences;
    std::vector<FigureChange> figures;
    bool program_changed = false;  ///< told the same, but what was run is another
    bool same_attempts = false;    ///< the very same results on both sides
};

Cell text(std::string value) {
    return {Value(std::move(value)), {}};
}

class Comparison {
  public:
    Comparison(const ComparedSide& first, const ComparedSide& second, double threshold)
        : first_(first), second_(second), threshold_(threshold) {
        for (const auto& [a, b] : sweep_pairs()) compare_sweeps(a, b);
        if (runs_.empty()) {
            throw UsageError(fmt::format("'{}' and '{}' have no run in common: nothing can be compared",
                                         first_.text, second_.text));
        }
    }

    std::vector<Table> for_people() const {
        std::vector<Table> tables;
        if (Table differences = differences_table(); !differences.rows.empty())
            tables.push_back(std::move(differences));
        tables.push_back(figures_table());
        return tables;
    }

    Table for_machines() const {
        Table table;
        for (const char* name : {"run", "kind", "name", "first", "second", "change", "change_low",
                                 "change_high", "pairs", "direction", "sentence"})
            table.columns.push_back({name, name, Unit::None, true});
        for (const ComparedRun& run : runs_) {
            for (const Difference& difference : run.differences) {
                table.rows.push_back({text(run.run),
                                      text("parameter"),
                                      text(difference.name),
                                      text(difference.first),
                                      text(difference.second),
                                      {},
                                      {},
                                      {},
                                      {},
                                      {},
                                      {}});
            }
            for (const FigureChange& figure : run.figures) {
                const auto number = [](const std::optional<double>& value) {
                    return value ? Cell{Value(*value), {}} : Cell{};
                };
                const auto of = [&](auto choose) {
                    return figure.change ? Cell{Value(choose(*figure.change)), {}} : Cell{};
                };
                table.rows.push_back({text(run.run), text("figure"), text(figure.name), number(figure.before),
                                      number(figure.after), of([](const auto& c) { return c.relative; }),
                                      of([](const auto& c) { return c.interval.low; }),
                                      of([](const auto& c) { return c.interval.high; }),
                                      of([](const auto& c) { return static_cast<std::int64_t>(c.pairs); }),
                                      text(direction_name(figure)), text(sentence_of(figure))});
            }
        }
        return table;
    }

  private:
    std::vector<std::pair<std::string, std::string>> sweep_pairs() const {
        if (first_.has_sweep() && second_.has_sweep()) return {{first_.sweep, second_.sweep}};
        const std::vector<std::string> a = first_.sweeps();
        const std::vector<std::string> b = second_.sweeps();
        std::vector<std::pair<std::string, std::string>> common;
        for (const std::string& sweep : a) {
            if (std::ranges::find(b, sweep) != b.end()) common.emplace_back(sweep, sweep);
        }
        return common;
    }

    void compare_sweeps(const std::string& sweep_of_first, const std::string& sweep_of_second) {
        const std::vector<store::RunGroup> a = first_.groups(sweep_of_first);
        const std::vector<store::RunGroup> b = second_.groups(sweep_of_second);
        if (first_.is_single() && second_.is_single()) {
            if (!a.empty() && !b.empty()) add(a.front(), b.front());
            return;
        }
        // of several cells that had a name one after the other, the last
        std::map<std::string_view, const store::RunGroup*> others;
        for (const store::RunGroup& group : b) others[group.run] = &group;
        std::map<std::string_view, const store::RunGroup*> own;
        for (const store::RunGroup& group : a) own[group.run] = &group;
        for (const store::RunGroup& group : a) {
            if (own[group.run] != &group) continue;
            const auto other = others.find(group.run);
            if (other == others.end()) {
                if (!second_.is_single()) only_first_.push_back(group.run);
            } else {
                add(group, *other->second);
            }
        }
        for (const store::RunGroup& group : b) {
            if (!own.contains(group.run) && !first_.is_single()) only_second_.push_back(group.run);
        }
    }

    void add(const store::RunGroup& a, const store::RunGroup& b) {
        ComparedRun& run = runs_.emplace_back();
        run.run = a.run == b.run ? a.run : fmt::format("{} → {}", a.run, b.run);
        run.figures = analysis::compare(a, b);
        if (a.cell != b.cell) run.differences = differences(a, b);
        run.program_changed = a.cell == b.cell && a.key != b.key;
        run.same_attempts = std::ranges::equal(a.repeats, b.repeats, {}, &store::RunGroup::Repeat::run_id,
                                               &store::RunGroup::Repeat::run_id);
    }

    std::vector<Difference> differences(const store::RunGroup& a, const store::RunGroup& b) const {
        const auto told_a = store::told_to(first_.database->connection(), a.repeats.front().run_id);
        const auto told_b = store::told_to(second_.database->connection(), b.repeats.front().run_id);
        const auto value_in = [](const auto& told, const std::string& name) {
            const auto found = std::ranges::find(told, name, &std::pair<std::string, std::string>::first);
            return found == told.end() ? std::string("–") : found->second;
        };
        std::vector<Difference> found;
        const auto add_if_different = [&](const std::string& name) {
            const bool known = std::ranges::find(found, name, &Difference::name) != found.end();
            const Difference difference{name, value_in(told_a, name), value_in(told_b, name)};
            if (!known && difference.first != difference.second) found.push_back(difference);
        };
        for (const auto& [name, value] : told_a) add_if_different(name);
        for (const auto& [name, value] : told_b) add_if_different(name);
        return found;
    }

    /// In the order in which they are met first.
    std::vector<SharedDifference> shared_differences() const {
        std::vector<SharedDifference> all;
        std::map<Difference, std::size_t> known;
        for (const ComparedRun& run : runs_) {
            for (const Difference& difference : run.differences) {
                const auto [place, is_new] = known.try_emplace(difference, all.size());
                if (is_new) all.push_back({difference, {}});
                all[place->second].runs.push_back(run.run);
            }
        }
        return all;
    }

    std::string names_of(const std::vector<std::string>& runs) const {
        constexpr std::size_t kMostNames = 3;
        if (runs.size() == runs_.size()) return fmt::format("all {} runs", runs.size());
        if (runs.size() <= kMostNames) return fmt::format("{}", fmt::join(runs, ", "));
        return fmt::format("{} and {} more", runs.front(), runs.size() - 1);
    }

    Table differences_table() const {
        Table table;
        table.title = "what differs";
        if (runs_.size() > 1) table.columns.push_back({"runs", "runs", Unit::None, false});
        for (const std::string& name : {std::string("parameter"), first_.text, second_.text})
            table.columns.push_back({name, name, Unit::None, true});
        for (const SharedDifference& shared : shared_differences()) {
            auto& row = table.rows.emplace_back();
            if (runs_.size() > 1) row.push_back(text(names_of(shared.runs)));
            const Difference& difference = shared.difference;
            row.insert(row.end(), {text(difference.name), text(difference.first), text(difference.second)});
        }
        return table;
    }

    /// What people call a figure.
    static std::string name_of(const FigureChange& figure) {
        if (figure.name == "peak_rss_bytes") return "peak memory";
        if (figure.name == "cpu_s") return "CPU time";
        if (figure.name == "wall_s") return "wall time";
        return heading_of(figure.name, unit_of_column(figure.name));
    }

    bool is_long() const {
        constexpr std::size_t kMostRows = 40;
        std::size_t rows = 0;
        for (const ComparedRun& run : runs_) rows += run.figures.size();
        return rows > kMostRows;
    }

    /// All figures, or those that changed where they are many.
    Table figures_table() const {
        const bool several = runs_.size() > 1;
        const bool only_changed = is_long();
        Table table;
        table.title = fmt::format("{} → {}", first_.text, second_.text);
        if (several) table.columns.push_back({"run", "run", Unit::None, false});
        for (const std::string& name : {std::string("figure"), first_.text, second_.text,
                                        std::string("change"), std::string("in words")})
            table.columns.push_back({name, name, Unit::None, false});
        std::size_t same = 0, unclear = 0;
        for (const ComparedRun& run : runs_) {
            for (const FigureChange& figure : run.figures) {
                const Direction direction = figure.direction(threshold_);
                if (direction == Direction::Same) ++same;
                if (direction == Direction::Unclear) ++unclear;
                if (only_changed && (direction == Direction::Same || direction == Direction::Unclear))
                    continue;
                auto& row = table.rows.emplace_back();
                if (several) row.push_back(text(run.run));
                row.insert(row.end(), {text(name_of(figure)), figure_cell(figure, figure.before),
                                       figure_cell(figure, figure.after),
                                       text(figure.change ? to_text(*figure.change) : rough_change(figure)),
                                       text(sentence_of(figure))});
            }
        }
        add_notes(table, only_changed, same, unclear);
        return table;
    }

    void add_notes(Table& table, bool only_changed, std::size_t same, std::size_t unclear) const {
        if (only_changed) {
            table.notes.push_back(
                fmt::format("{} runs compared, what changed is shown. {} figures are the same within {}, of "
                            "{} it cannot be told "
                            "(--format json has them all).",
                            runs_.size(), same, analysis::share_text(threshold_), unclear));
        }
        if (std::ranges::all_of(runs_, &ComparedRun::same_attempts))
            table.notes.push_back("Both sides are the same results.");
        const auto changed = std::ranges::count_if(runs_, &ComparedRun::program_changed);
        if (changed > 0) {
            table.notes.push_back(runs_.size() > 1
                                      ? fmt::format("The program or its inputs changed for {} of {} runs.",
                                                    changed, runs_.size())
                                      : "The program or its inputs changed.");
        }
        for (const auto& [names, side] :
             {std::pair(&only_first_, &first_), std::pair(&only_second_, &second_)}) {
            constexpr std::size_t kMostNamed = 5;
            if (names->empty()) continue;
            const std::vector<std::string> some(
                names->begin(),
                names->begin() + static_cast<std::ptrdiff_t>(std::min(names->size(), kMostNamed)));
            table.notes.push_back(fmt::format("Only in {}: {}{}.", side->text, fmt::join(some, "; "),
                                              names->size() > kMostNamed
                                                  ? fmt::format(" and {} more", names->size() - kMostNamed)
                                                  : std::string()));
        }
    }

    static Cell figure_cell(const FigureChange& figure, const std::optional<double>& value) {
        if (!value) return {};
        const Unit unit = unit_of_column(figure.name);
        return text(unit == Unit::None ? fmt::format("{:.6g}", *value) : figure_text(*value, unit));
    }

    /// Without an interval.
    static std::string rough_change(const FigureChange& figure) {
        if (!figure.before || !figure.after || *figure.before == 0) return {};
        return fmt::format("{:+.1f} %", (*figure.after / *figure.before - 1) * 100);
    }

    std::string sentence_of(const FigureChange& figure) const {
        return analysis::sentence(name_of(figure), figure, threshold_);
    }

    std::string direction_name(const FigureChange& figure) const {
        switch (figure.direction(threshold_)) {
            case Direction::Rise:
                return "rise";
            case Direction::Fall:
                return "fall";
            case Direction::Same:
                return "same";
            case Direction::Unclear:
                break;
        }
        return "unclear";
    }

    const ComparedSide& first_;
    const ComparedSide& second_;
    double threshold_;
    std::vector<ComparedRun> runs_;
    std::vector<std::string> only_first_;
    std::vector<std::string> only_second_;
};

ExitCode compare(const CompareOptions& options) {
    const auto threshold = parse_share(options.threshold);
    if (!threshold.quantity) throw UsageError("--threshold: " + threshold.problem);
    const auto database = std::make_shared<store::Database>(store::Database::open_to_read(options.database));
    const ComparedSide first = resolve_side(database, options.first);
    const ComparedSide second = resolve_side(database, options.second);
    const Comparison comparison(first, second, *threshold.quantity);
    if (options.output.for_machines()) {
        write_table(options.output, comparison.for_machines());
        return ExitCode::Success;
    }
    write_output(options.output, [&](std::ostream& out) {
        bool is_first = true;
        for (const Table& table : comparison.for_people()) {
            if (!is_first) out << '\n';
            is_first = false;
            report::render(table, options.output.chosen(), out);
        }
    });
    return ExitCode::Success;
}

}  // namespace

Action add_compare_verb(Options& declared) {
    auto options = std::make_shared<CompareOptions>();
    const std::string what =
        "a run (id, beginning of an id, or name), a sweep, a baseline, or another database";
    declared.required("A", options->first, what);
    declared.required("B", options->second, "the same; what became of A");
    declared.text("--threshold", options->threshold, "changes below this do not matter (default: 3 %)");
    declared.text("--db", options->database, "the database of results");
    options->output.add_to(declared);
    return [options](const Context&) {
        if (options->database.empty()) options->database = default_database().string();
        return compare(*options);
    };
}

}  // namespace tidemark::cli
