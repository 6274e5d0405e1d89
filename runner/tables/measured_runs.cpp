#include "tables/measured_runs.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "analysis/comparison.hpp"
#include "base/median.hpp"
#include "protocol/figures.hpp"
#include "protocol/peak_memory.hpp"
#include "protocol/result_columns.hpp"
#include "run/disturbances.hpp"
#include "tables/caveats.hpp"
#include "tables/texts.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::tables {
namespace {

using analysis::FigureChange;
using analysis::MeasuredRepeat;
using protocol::Measurement;
using protocol::Status;
using protocol::Unit;
using report::Cell;
using run::Record;

constexpr const char* kCpuTime = "cpu_s";

using Figure = std::function<std::optional<double>(const Measurement&)>;

std::optional<double> real(const std::optional<std::int64_t>& number) {
    return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}
std::optional<double> peak_of(const Measurement& measured) {
    return real(measured.peak_rss_bytes);
}
std::optional<double> cpu_of(const Measurement& measured) {
    if (!measured.user_s || !measured.system_s) return std::nullopt;
    return *measured.user_s + *measured.system_s;
}

bool is_ok(const Record& record) {
    return run::status_of(record.outcome) == Status::Ok;
}

/// Those that a median is taken of.
std::vector<const Record*> counted(const MeasuredRun& measured) {
    const bool any_ok = std::ranges::any_of(measured.records, is_ok);
    std::vector<const Record*> records;
    for (const Record& record : measured.records) {
        if (!any_ok || is_ok(record)) records.push_back(&record);
    }
    return records;
}

/// How it ended: `0`, or why the first that ended otherwise did.
Cell ending_of(const MeasuredRun& measured) {
    std::set<std::string> codes;
    std::size_t failed = 0;
    std::string why;
    for (const Record& record : measured.records) {
        const auto code = run::exit_code(record.outcome);
        codes.insert(code ? std::to_string(*code) : std::string(run::status(record.outcome)));
        if (is_ok(record)) continue;
        if (failed++ == 0) why = run::reason(record.outcome);
    }
    Cell cell{fmt::format("{}", fmt::join(codes, ", ")), {}};
    if (measured.records.empty()) cell = Cell{Value(), "not run"};
    if (failed == 0) return cell;
    cell.value = terminal::visible(why);
    if (measured.records.size() > 1)
        cell.value = fmt::format("{} ({} of {})", terminal::visible(why), failed, measured.records.size());
    cell.tone = report::Tone::Bad;
    return cell;
}

/// Where the peak may lie, as far as it is not known for certain.
std::optional<Interval> doubt_of(const std::vector<const Record*>& records) {
    std::vector<double> lows, highs;
    for (const Record* record : records) {
        if (const auto low = real(record->measurement.peak_rss_low_bytes)) lows.push_back(*low);
        if (const auto high = real(record->measurement.peak_rss_high_bytes)) highs.push_back(*high);
    }
    return protocol::doubt_of_peak(median(lows), highs.size() < lows.size() ? std::nullopt : median(highs));
}

class Rows {
  public:
    Rows(const std::vector<MeasuredRun>& runs, report::Table& table) : runs_(runs), table_(table) {
        table_.rows.resize(runs.size());
    }

    template <typename CellOf>
    void add(report::Column column, CellOf cell_of) {
        table_.columns.push_back(std::move(column));
        for (std::size_t i = 0; i < runs_.size(); ++i) table_.rows[i].push_back(cell_of(runs_[i]));
    }

    enum class Range { Told, Left };  ///< that of the repeats

    void add_figure(const std::string& name, const std::string& heading, Unit unit, const Figure& figure,
                    protocol::Noise noise, Range range = Range::Told) {
        add({name, heading, unit, false}, [&](const MeasuredRun& measured) {
            std::vector<double> values;
            bool disturbed = false;
            std::string missing;
            for (const Record* record : counted(measured)) {
                disturbed =
                    disturbed || is_disturbed(run::disturbed_figures(record->measurement), name, noise);
                if (const auto value = figure(record->measurement)) {
                    values.push_back(*value);
                } else if (const auto why = record->measurement.missing.find(name);
                           why != record->measurement.missing.end()) {
                    missing = why->second;
                }
            }
            const auto middle = median(values);
            if (!middle) return Cell{Value(), missing};
            Cell cell{median_value(*middle, unit == Unit::Bytes), {}};
            const auto [low, high] = std::ranges::minmax(values);
            if (range == Range::Told && low < high) cell.interval = Interval{low, high};
            cell.disturbed = disturbed;
            if (name == protocol::kPeakMemory.name) cell.doubt = doubt_of(counted(measured));
            return cell;
        });
    }

  private:
    const std::vector<MeasuredRun>& runs_;
    report::Table& table_;
};

/// The same origin: they are made by one program, one after the other. How each peak was measured may differ.
std::vector<MeasuredRepeat> repeats_of(const MeasuredRun& measured) {
    std::vector<MeasuredRepeat> repeats;
    for (const Record& record : measured.records) {
        const Measurement& figures = record.measurement;
        MeasuredRepeat repeat;
        repeat.run_id = record.request.run_id;
        repeat.number = record.request.repeat;
        repeat.status = run::status_of(record.outcome);
        const auto add = [&](const std::string& name, const std::optional<double>& value) {
            if (value) repeat.figures[name] = *value;
        };
        add(std::string(protocol::kPeakMemory.name), peak_of(figures));
        add("wall_s", figures.wall_s);
        add(kCpuTime, cpu_of(figures));
        repeat.origin.set(analysis::OriginFact::MemoryMethod, figures.memory_method);
        const auto why = figures.missing.find(std::string(protocol::kPeakMemory.high));
        if (figures.peak_rss_low_bytes)
            repeat.peak = {real(figures.peak_rss_low_bytes), real(figures.peak_rss_high_bytes),
                           why == figures.missing.end() ? std::string() : why->second, figures.memory_method};
        repeats.push_back(std::move(repeat));
    }
    return repeats;
}

/// `2.1`, `12`, `1.03`: as many digits as the doubt leaves.
std::string times_text(double ratio, double doubt) {
    const int decimals =
        doubt > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(doubt))), 0, 3) : 2;
    return fmt::format("{:.{}f}", ratio, decimals);
}

/// A figure of two commands, as a sentence says it: `{0} takes {2} times the memory of {1}`.
struct Wording {
    std::string figure;   ///< its column
    const char* what;     ///< `memory`
    const char* times;    ///< `times the memory of`
    const char* as_much;  ///< where no difference is known
};

class Verdict {
  public:
    Verdict(const Wording& wording, const std::string& more, const std::string& least,
            const FigureChange& figure)
        : wording_(wording), more_(more), least_(least), figure_(figure) {}

    std::string sentence() const {
        if (!figure_.change) return rough();
        const analysis::Change& change = *figure_.change;
        const double low = 1 + change.interval.low, high = 1 + change.interval.high;
        if (change.by_bounds || !std::isfinite(high)) return by_bounds(low, high);
        const double ratio = 1 + change.relative;
        const double doubt = std::max(high - ratio, ratio - low);
        if (low <= 1 && high >= 1)
            return fmt::format("{} and {} {} ({} ± {} times)", more_, least_, wording_.as_much,
                               times_text(ratio, doubt), times_text(doubt, doubt));
        return fmt::format("{} takes {} ± {} {} {}", more_, times_text(ratio, doubt),
                           times_text(doubt, doubt), wording_.times, least_);
    }

  private:
    std::string by_bounds(double low, double high) const {
        if (low <= 1 && high >= 1)
            return fmt::format("{} and {} cannot be told apart in {}: their bounds overlap", more_, least_,
                               wording_.what);
        if (!std::isfinite(high))
            return fmt::format("{} takes at least {:.3g} {} {}", more_, low, wording_.times, least_);
        return fmt::format("{} takes {:.3g} to {:.3g} {} {}, by the bounds", more_, low, high, wording_.times,
                           least_);
    }

    /// Without an interval over repeats.
    std::string rough() const {
        if (!figure_.has_guess() || *figure_.before == 0) {
            const std::string why = figure_.too_few
                                        ? "their bounds overlap, and there are too few repeats (-n)"
                                    : figure_.problem.empty() ? "their bounds overlap"
                                                              : figure_.problem;
            return fmt::format("{} and {} cannot be told apart in {}: {}", more_, least_, wording_.what, why);
        }
        return fmt::format("{} took {:.3g} {} {}; how certain that is takes at least {} repeats (-n)", more_,
                           *figure_.after / *figure_.before, wording_.times, least_,
                           analysis::kFewestForAnInterval);
    }

    const Wording& wording_;
    const std::string& more_;
    const std::string& least_;
    const FigureChange& figure_;
};

const FigureChange* find_figure(const std::vector<FigureChange>& all, const std::string& name) {
    const auto found = std::ranges::find(all, name, &FigureChange::name);
    return found == all.end() ? nullptr : &*found;
}

std::optional<double> median_of(const MeasuredRun& measured, const Figure& figure) {
    std::vector<double> values;
    for (const Record& record : measured.records) {
        const auto value = figure(record.measurement);
        if (is_ok(record) && value) values.push_back(*value);
    }
    return median(std::move(values));
}

/// Of one figure: each of the others against the least.
void add_verdicts(const std::vector<MeasuredRun>& runs, const Wording& wording, const Figure& figure,
                  std::vector<std::string>& sentences) {
    std::vector<std::pair<double, const MeasuredRun*>> order;
    for (const MeasuredRun& measured : runs) {
        if (const auto middle = median_of(measured, figure)) order.emplace_back(*middle, &measured);
    }
    if (order.size() < 2) return;
    std::ranges::stable_sort(order, {}, &std::pair<double, const MeasuredRun*>::first);
    const MeasuredRun& least = *order.front().second;
    for (auto more = order.begin() + 1; more != order.end(); ++more) {
        const auto changes = analysis::compare(
            repeats_of(least), repeats_of(*more->second),
            [](const std::string& name) { return protocol::noise_of(name, protocol::unit_of(name)); });
        if (const FigureChange* change = find_figure(changes, wording.figure))
            sentences.push_back(Verdict(wording, more->second->name, least.name, *change).sentence());
    }
}

}  // namespace

report::Table measured_table(const std::vector<MeasuredRun>& runs, bool for_machines) {
    report::Table table;
    Rows rows(runs, table);
    if (runs.size() == 1 && !for_machines)
        table.title = runs.front().name;
    else
        rows.add({"run", "command", Unit::None, false}, [](const MeasuredRun& measured) {
            return Cell{measured.name, {}};
        });
    if (for_machines) {
        rows.add({"status", "status", Unit::None, false}, [](const MeasuredRun& measured) {
            const auto failed = std::ranges::find_if_not(measured.records, is_ok);
            if (measured.records.empty()) return Cell{};
            const Record& told = failed == measured.records.end() ? measured.records.front() : *failed;
            return Cell{std::string(run::status(told.outcome)), {}};
        });
        rows.add({"repeats", "repeats", Unit::Count, false}, [](const MeasuredRun& measured) {
            return Cell{static_cast<std::int64_t>(measured.records.size()), {}};
        });
    }
    using protocol::Noise;
    rows.add_figure("peak_rss_bytes", "peak memory", Unit::Bytes, peak_of, Noise::Memory);
    rows.add_figure(
        "peak_rss_low_bytes", "at least", Unit::Bytes,
        [](const Measurement& m) { return real(m.peak_rss_low_bytes); }, Noise::Memory, Rows::Range::Left);
    rows.add_figure(
        "peak_rss_high_bytes", "at most", Unit::Bytes,
        [](const Measurement& m) { return real(m.peak_rss_high_bytes); }, Noise::Memory, Rows::Range::Left);
    rows.add_figure(
        "wall_s", "time", Unit::Seconds, [](const Measurement& m) { return m.wall_s; }, Noise::WallTime);
    rows.add_figure(kCpuTime, "CPU time", Unit::Seconds, cpu_of, Noise::CpuTime);
    rows.add({"exit", "exit", Unit::None, false}, ending_of);
    if (for_machines) return table;
    for (const MeasuredRun& measured : runs) {
        const auto failed = std::ranges::find_if_not(measured.records, is_ok);
        if (failed == measured.records.end() || failed->last_words.empty()) continue;
        table.notes.push_back(runs.size() > 1 ? fmt::format("{}: {}", measured.name, failed->last_words)
                                              : failed->last_words);
    }
    const bool several = std::ranges::any_of(runs, [](const auto& own) { return own.records.size() > 1; });
    if (several) table.notes.emplace_back("Medians, and in brackets the least and the greatest.");
    if (std::string note = note_on_disturbed({&table, 1}, Texts(Language::English)); !note.empty())
        table.notes.push_back(std::move(note));
    return table;
}

std::vector<std::string> measured_verdicts(const std::vector<MeasuredRun>& runs) {
    std::vector<std::string> sentences;
    if (runs.size() < 2) return sentences;
    add_verdicts(
        runs, {"peak_rss_bytes", "memory", "times the memory of", "take the same memory, as far as is known"},
        peak_of, sentences);
    add_verdicts(
        runs, {"wall_s", "time", "times as long as", "take the same time, as far as is known"},
        [](const Measurement& measured) { return measured.wall_s; }, sentences);
    return sentences;
}

}  // namespace tidemark::tables
