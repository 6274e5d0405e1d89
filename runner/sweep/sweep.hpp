#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/value.hpp"
#include "protocol/request.hpp"
#include "sweep/check_definition.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// In what order the repeats of the runs are made.
enum class Order { Interleaved, Listed, Shuffled };

/// What the command line adds to a sweep file.
struct LoadOptions {
    std::vector<std::string> set{};  ///< each `name=value`, the value read as a YAML scalar
    std::optional<std::string>
        only{};               ///< an SQL expression over parameters and `run`; the others are left out
    bool allow_many = false;  ///< --yes: more than kManyRuns runs are wanted
    std::filesystem::path caller_directory{};  ///< paths given by --set are relative to it
};

/// A matrix above this needs --yes: it is far more often a slip than a plan.
inline constexpr std::size_t kManyRuns = 100'000;

/// One run of the expansion. Only what differs between runs is stored with each; see Sweep::parameters for
/// the whole.
struct RunSpec {
    std::string run;            ///< its name
    Digest cell;                ///< of parameters, command, environment and limits
    std::vector<Value> values;  ///< in the order of Sweep::varying()
    bool named = false;         ///< by the file; else the name lists its axes
};

/// What must be there for some runs to be made at all.
struct Requirement {
    std::vector<std::string> command;  ///< ends with 0 where it is
    std::string reason;                ///< what is not there otherwise, and the way out
    std::vector<std::size_t> runs;     ///< that need it, by their index
};

/// A sweep file, read, checked against its workloads and expanded into runs. Immutable.
class Sweep {
  public:
    /// Reads, checks and expands. Throws UsageError naming every problem of the file as `file:line:col: key:
    /// message`.
    static Sweep load(const std::filesystem::path& file, const WorkloadCatalogue& workloads,
                      const LoadOptions& options);

    Sweep(Sweep&&) noexcept;
    Sweep& operator=(Sweep&&) noexcept;
    ~Sweep();

    const std::filesystem::path& file() const;
    const std::filesystem::path& folder() const;  ///< absolute, of the file
    const std::string& name() const;
    const std::string& description() const;
    int repeat() const;
    Order order() const;

    const std::vector<RunSpec>& runs() const;
    /// Names of the parameters that are not the same in all runs, in file order.
    const std::vector<std::string>& varying() const;
    /// Name and value of those that are. Where runs have different workloads, the value of a default is that
    /// of the first workload that knows the parameter.
    const protocol::Parameters& constant() const;

    /// The command that is run once before the runs, and the one after them; empty: there is none.
    std::vector<std::string> setup() const;
    std::vector<std::string> teardown() const;
    std::vector<Requirement> requirements() const;
    /// The metrics that `capture` names.
    std::vector<protocol::MetricDescription> captured() const;

    /// All parameters of a run, resolved, in file order (defaults of its workload last).
    protocol::Parameters parameters(const RunSpec& run) const;

    /// The description of the run's workload; null for a `command:`.
    const protocol::WorkloadDescription* workload(const RunSpec& run) const;

    /// Everything about the run but run_id, invocation, key and repeat: command with its placeholders
    /// replaced, environment (the sweep's, and what parameter values bring), working directory, limits.
    protocol::Request request(const RunSpec& run) const;

    /// What `checks:` and `tables:` of the file ask for.
    const std::vector<CheckDefinition>& checks() const;
    const std::vector<TableDefinition>& tables() const;

    /// The same for all runs.
    const protocol::Limits& limits() const;

    /// `key` of the contract: the cell, the content of the executable, of the input files and of stdin, the
    /// workload's build id. Files are read once and remembered. Throws UsageError when the program is
    /// missing.
    Digest key(const RunSpec& run) const;

  private:
    struct State;
    explicit Sweep(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace tidemark::sweep
