#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/interval.hpp"
#include "protocol/status.hpp"
#include "results/expected_runs.hpp"
#include "results/told_texts.hpp"
#include "run/disturbances.hpp"
#include "sql/connection.hpp"
#include "store/column_registry.hpp"

namespace tidemark::results {

/// Which rows `results` shows.
enum class Repeats {
    All,
    Counted  ///< those that a median is taken of: the ones that ended ok, or all where none did
};

/// The repeats of one run together.
struct RunState {
    std::string run;
    protocol::Status status =
        protocol::Status::Ok;  ///< ok where all repeats are, else that of the first that did not end ok
    std::string reason;        ///< of that status
    std::string last_words;    ///< of the repeat that has it, where it said any
    std::size_t repeats = 0;   ///< that the sweep file asks for
    std::size_t failed = 0;    ///< that were made and did not end ok
    std::size_t ok = 0;
};

/// What is true of a sweep now: the one reader behind `run`, `report` and `check`. Of each repeat that the
/// file asks for it knows the attempt that stands for it, or that there is none; which repeats count; how
/// each run went; and the medians. Nothing of this is found out anywhere else.
///
/// As long as it lives, these names mean on its connection this sweep alone, in temporary tables; the
/// database itself is not touched:
///   results     a row for each repeat; one that was not made has the status `not run`
///   medians     a row for each run: its status and reason, how many `repeats` are wanted, how many are `ok`,
///               and the median of each figure over the repeats that count
///   metrics, facts, phases, samples, missing, warnings, provenance     what belongs to the attempts
/// and for the rooms behind this one:
///   shown_repeats(number, run, repeat, place, run_id, status, reason, last_words, counted)
///               the repeats; `number` is the index of the run, `place` the rowid of the attempt in
///               main.runs, null as its run_id is where it was not made
///   shown_runs(number, run, status, reason, last_words, repeats, failed, ok)
class CurrentResults {
  public:
    /// Throws sql::SqlError.
    CurrentResults(sql::Connection& connection, const Expectation& expected);
    CurrentResults(const CurrentResults&) = delete;
    CurrentResults& operator=(const CurrentResults&) = delete;
    ~CurrentResults();

    sql::Connection& connection() const { return connection_; }
    Program program() const { return program_; }

    /// Prepares a statement of the sweep file's author. A metric that no run can have reported, because none
    /// has ended well, is a column of nulls. Throws sql::SqlError.
    sql::Statement prepare(const std::string& sql);

    /// Which rows `results` has from here on; at first All.
    void show(Repeats which);

    const std::vector<RunState>& runs() const { return runs_; }  ///< in the order of the expectation
    const RunState* find(std::string_view run) const;            ///< null for an unknown name

    std::size_t expected() const { return expected_; }  ///< runs times repeats
    std::size_t made() const { return made_; }
    std::size_t ok() const { return ok_; }

    /// Whether a repeat that counts told NaN of the metric: the median of it and anything is NaN, too.
    bool is_nan(std::string_view run, std::string_view column) const;

    /// The medians of the columns of `results`, a row for each run in their order; null where there is none.
    std::vector<std::vector<Value>> medians(const std::vector<std::string>& columns);

    /// What the run's command was told of the parameter, see ToldTexts. Empty where the column is none, or
    /// the value another.
    std::string told(std::string_view run, std::string_view column, const Value& value) const {
        return is_parameter(column) ? told_.of(run, column, value) : std::string();
    }

    /// Why the run has no value in the column: its status where it did not end well, what `missing` says,
    /// `not measured` or `not reported`; empty where there is nothing to say.
    std::string why_missing(std::string_view run, std::string_view column) const;

    /// For each run, where the median of its peaks may lie (protocol::doubt_of_peak): between the medians of
    /// the bounds of the repeats that count.
    const std::vector<std::optional<Interval>>& doubts_of_peaks();

    /// For each run, whether something else had a part in the figures of a repeat that counts.
    const std::vector<run::Disturbed>& disturbed();

    /// From the smallest to the largest of the repeats that count, a row for each run as medians() has it;
    /// nothing where they are one, or no numbers.
    std::vector<std::vector<std::optional<Interval>>> ranges(const std::vector<std::string>& columns);

    /// The metrics that a run of the sweep has reported.
    std::vector<std::string> reported() const;

    const std::vector<std::string>& columns() const { return columns_; }  ///< of `results`
    bool has_column(std::string_view name) const;

    /// SQL for the column over the view `attempts` of the whole database; NULL where it has no such column.
    std::string over_attempts(std::string_view column) const;

  private:
    void choose_columns(const Expectation& expected);
    void insert_expected(const Expectation& expected);
    void find_by_key(const Expectation& expected);
    void find_alike(const Expectation& expected);
    int most_stored(const Expectation& expected);
    void forget_what_need_not_be(const Expectation& expected);
    std::string what_stands_for_it() const;
    void explain_gaps();
    void find_states();
    void create_views();
    void create_medians();
    void find_nans();
    void add_null_column(const std::string& name);
    std::string source_of(std::string_view column) const;
    bool is_parameter(std::string_view name) const;
    /// And no parameter or metric that is called so.
    bool is_annotation(std::string_view name) const;
    void drop() noexcept;

    sql::Connection& connection_;
    store::ColumnRegistry registry_;
    std::string sweep_;
    Program program_;
    ToldTexts told_;
    std::vector<std::string> by_repeat_;  ///< parameters that are another in each repeat
    std::vector<std::string> columns_;
    std::vector<std::string> parameters_;  ///< of the sweep file
    std::vector<RunState> runs_;
    std::map<std::string, std::size_t, std::less<>> by_name_;
    std::size_t expected_ = 0;
    std::size_t made_ = 0;
    std::size_t ok_ = 0;
    bool has_medians_ = false;
    std::set<std::pair<std::string, std::string>> nans_;    ///< runs and metrics
    std::vector<std::optional<Interval>> doubts_of_peaks_;  ///< empty: not asked for yet
    std::vector<run::Disturbed> disturbed_;                 ///< the same
};

}  // namespace tidemark::results
