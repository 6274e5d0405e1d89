#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/value.hpp"
#include "protocol/request.hpp"
#include "protocol/retries.hpp"
#include "sweep/expansion/run_spec.hpp"
#include "sweep/file/check_definition.hpp"
#include "sweep/file/goal_definition.hpp"
#include "sweep/file/observe.hpp"
#include "sweep/file/order.hpp"
#include "sweep/file/repeats.hpp"
#include "sweep/load_options.hpp"
#include "sweep/resolved_run.hpp"
#include "sweep/slurm_options.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// What must be there for some runs to be made at all.
struct Requirement {
    std::vector<std::string> command;  ///< ends with 0 where it is
    std::string reason;                ///< what is not there otherwise, and the way out
    std::vector<std::size_t> runs;     ///< that need it, by their index
};

/// What is done once for a value of a parameter that runs have.
struct ValueStep {
    std::string value;  ///< `batch_size=16`
    std::vector<std::string> command;
};

/// A sweep file, read, checked against its workloads and expanded into runs. Immutable.
class Sweep {
  public:
    /// Reads the file, checks it and expands it. Throws UsageError naming every problem of the file as
    /// `file:line:col: key: message`, and of the command line with its option before it.
    static Sweep load(const std::filesystem::path& file, const WorkloadCatalogue& workloads,
                      const LoadOptions& options);

    Sweep(Sweep&&) noexcept;
    Sweep& operator=(Sweep&&) noexcept;
    ~Sweep();

    /// As it was named to load.
    const std::filesystem::path& file() const;
    /// The file that the place is in, which is another one where the sweep's file includes it.
    std::filesystem::path file_of(const Position& position) const;
    /// Of the file, absolute.
    const std::filesystem::path& folder() const;
    /// `sweep:` of the file, never empty.
    const std::string& name() const;
    /// Empty where the file has none.
    const std::string& description() const;
    /// How often the run that is made most often may be made, from 1.
    int repeat() const;
    /// How often runs are made that say nothing of their own.
    const Repeats& repeats() const;
    /// How often this run is made.
    const Repeats& repeats(const RunSpec& run) const;
    /// How many cells of the matrix `exclude` leaves out.
    std::size_t excluded() const;
    /// In what order the repeats are made.
    Order order() const;

    /// The cells of the matrix that are not excluded, the last axis fastest, then the named runs that are no
    /// cell. Of these, those that --only selects. Their names and their cells are all different.
    const std::vector<RunSpec>& runs() const;
    /// Names of the parameters that are not the same in all runs, in file order.
    const std::vector<std::string>& varying() const;
    /// Name and value of those that are. Where runs have different workloads, the value of a default is that
    /// of the first workload that knows the parameter.
    const protocol::Parameters& constant() const;

    /// The command that is run once before all runs; empty: there is none.
    std::vector<std::string> setup() const;
    /// The command that is run once after all runs; empty: there is none.
    std::vector<std::string> teardown() const;
    /// The commands that are run once for each value of a parameter, before all runs or after them.
    std::vector<ValueStep> setup_of_values() const;
    std::vector<ValueStep> teardown_of_values() const;
    /// How often runs that did not end well are made again.
    const protocol::Retries& retries() const;
    /// After how many equal failures in succession no more runs are made; 0: never.
    int stop_after() const;

    /// What `run --on slurm` tells Slurm.
    const SlurmOptions& slurm() const;
    /// What `requires` of the file asks for, in its order.
    std::vector<Requirement> requirements() const;
    /// The metrics that `capture` names, with their units.
    std::vector<protocol::MetricDescription> captured() const;

    /// A run with its values put together, for whoever asks more than one thing about it. This sweep must
    /// outlive what is returned.
    ResolvedRun resolve(const RunSpec& run) const;

    /// The workloads of the runs, each once, in their order; none for a `command:`.
    std::vector<const protocol::WorkloadDescription*> workloads() const;

    /// ResolvedRun::parameters of the run.
    protocol::Parameters parameters(const RunSpec& run) const;
    /// ResolvedRun::workload of the run. Takes no time where all runs have the same one.
    const protocol::WorkloadDescription* workload(const RunSpec& run) const;
    /// ResolvedRun::request of the run.
    protocol::Request request(const RunSpec& run) const;
    /// The same for one execution of it, as it is started.
    protocol::Request request(const RunSpec& run, const Occasion& occasion) const;
    /// ResolvedRun::key of the run. Throws UsageError when the program is missing or an input cannot be read.
    Digest key(const RunSpec& run) const;
    /// ResolvedRun::measured_key of the run.
    Digest measured_key(const RunSpec& run) const;

    /// Throws UsageError where a file or folder that the run's workload needs for its values is not there.
    void require_paths(const std::vector<RunSpec>& runs) const;

    /// The caller's variables that are part of what the runs are, with their values, of all runs together.
    std::map<std::string, std::string> variables() const;

    /// What `inputs:` names now, a sentence for each entry, also of what is wrong with one.
    /// A `--set name=value` as it is stored and shown: with what stands in place of a secret.
    std::string shown_set(const std::string& set) const;
    bool is_secret(const std::string& name) const;
    /// Whether the file has any, so that it is not to be shown, nor what its programs say.
    bool has_secrets() const;
    /// A secret parameter of which only what stands in its place is known, as of a stored sweep; empty: none.
    std::string secret_without_value() const;

    std::vector<std::string> described_inputs() const;
    /// Of the entries that key() has met: those whose files are known otherwise than by content.
    std::vector<std::string> notes_on_inputs() const;

    /// How many files are declared as inputs of the runs whose key() was asked for (by `inputs:`, by their
    /// command, as stdin, by parameters that are paths), and how many of the caller's variables they inherit.
    struct Compared {
        std::size_t inputs = 0;
        std::size_t variables = 0;
    };
    Compared compared() const;

    /// What `checks:` of the file asks for, in its order.
    const std::vector<CheckDefinition>& checks() const;
    /// What a plan looks for; nothing where the file says nothing of it.
    const std::optional<GoalDefinition>& goal() const;
    /// What `tables:` of the file asks for, in its order.
    const std::vector<TableDefinition>& tables() const;

    /// Names of the parameters that are another in each repeat of a run, which has no value for them itself.
    std::vector<std::string> by_repeat() const;

    /// What is likely a slip, a sentence each: an axis that nothing uses.
    const std::vector<std::string>& notes() const;

    /// Whether it is watched what runs read.
    const Observe& observe() const;

    /// Of the first run. All have the same kinds of limits; the amounts may be each run's own.
    protocol::Limits limits() const;

  private:
    struct State;
    explicit Sweep(std::unique_ptr<State> state);
    static void find_runs_of_bounds(State& state, Problems& problems);
    /// What a template becomes in a run.
    struct Filled {
        std::string run;
        int repeat;  ///< 0: in all of them
        std::string text;
    };
    using UseFilled = std::function<void(const Filled&)>;
    /// Calls `use` with each text that the template becomes in any run and repeat, once.
    void for_each_filled(const GivenTemplate& part, const UseFilled& use) const;
    void check_limits(Problems& problems) const;
    void check_port(Problems& problems) const;
    std::unique_ptr<State> state_;
};

}  // namespace tidemark::sweep
