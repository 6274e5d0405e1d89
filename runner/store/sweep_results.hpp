#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// A run as the sweep file has it now, made or not.
struct ExpectedRun {
    std::string run;
    std::string cell;
    std::string key;  ///< empty: whatever program and input, see `defaults`
    protocol::Parameters parameters;
    /// Without a key the newest result with these parameters is the run's, and of them those need not be
    /// stored that have their default: the program may not have had them yet.
    std::vector<std::string> defaults{};
};

/// Which rows `results` shows.
enum class Repeats {
    All,
    Counted  ///< those that a median is taken of: the ones that ended ok, or all where none did
};

/// What tables and charts see: one sweep, the keys of its current expansion. As long as it lives, the names
/// `results`, `metrics`, `phases`, `samples` and `missing` mean on this connection that part of the database
/// alone, in temporary tables. Beside them there are `medians`, a row for each run, with the medians over its
/// counted repeats, its `status` (ok where all repeats are), how many `repeats` are wanted and how many are
/// `ok`; and `provenance(run_id, name, value)`.
///
/// A repeat that was not made is a row as well, with the status `not run`: nothing that is expected is left
/// out.
class SweepResults {
  public:
    /// `metrics` are names that shall be columns even where no run of the database has reported them.
    SweepResults(sql::Connection& connection, std::string sweep, const std::vector<ExpectedRun>& runs,
                 int repeats, const std::vector<std::string>& metrics);
    SweepResults(const SweepResults&) = delete;
    SweepResults& operator=(const SweepResults&) = delete;
    ~SweepResults();

    sql::Connection& connection() const { return connection_; }
    void show(Repeats which);

    std::size_t expected() const { return expected_; }  ///< runs times repeats
    std::size_t made() const { return made_; }
    std::size_t ok() const;

    /// ok where all repeats of the run are, else that of the first that is not; nothing for an unknown run.
    std::optional<std::string> status_of(std::string_view run) const;

    /// Why the run has no value in the column; empty where there is nothing to say.
    std::string why_missing(std::string_view run, std::string_view column) const;

    /// Adds a column of nulls, for a metric that no run could report because none ended well.
    void add_column(const std::string& name);

    /// The metrics that a run of the sweep has reported.
    std::vector<std::string> reported() const;

    const std::vector<std::string>& columns() const { return columns_; }  ///< of `results`

  private:
    void create_tables(const std::vector<ExpectedRun>& runs, const std::vector<std::string>& metrics);
    void fill(const std::vector<ExpectedRun>& runs, int repeats);
    std::string alike_condition() const;
    void bind_alike(sql::Statement& statement, const ExpectedRun& run, std::int64_t number, int repeat) const;
    void create_views();
    void create_medians();
    void drop() noexcept;

    sql::Connection& connection_;
    std::string sweep_;
    std::vector<std::string> columns_;
    std::vector<std::string> stored_;  ///< of the columns, how the wide table calls them; empty: it has none
    std::vector<std::string> parameters_;  ///< of the columns, those that are parameters
    std::size_t expected_ = 0;
    std::size_t made_ = 0;
};

/// What `provenance` calls a parameter that `--set` gave: this, and its name.
inline const std::string kSetFact = "set ";

/// The newest `tidemark run` of a sweep.
struct LastInvocation {
    std::string sweep;
    std::string file;
    std::string command_line;
    std::string working_directory;
    std::vector<std::string> set;  ///< what `--set` gave it, each `name=value`
};
/// Of all sweeps, where `sweep` is empty.
std::optional<LastInvocation> last_invocation(sql::Connection& connection, const std::string& sweep = {});

/// Whether the database holds any result of the sweep, whatever its key.
bool has_results(sql::Connection& connection, const std::string& sweep);

}  // namespace tidemark::store
