#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/value.hpp"
#include "protocol/request.hpp"
#include "sweep/expansion/run_spec.hpp"
#include "sweep/file/check_definition.hpp"
#include "sweep/file/observe.hpp"
#include "sweep/file/order.hpp"
#include "sweep/load_options.hpp"
#include "sweep/resolved_run.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// What must be there for some runs to be made at all.
struct Requirement {
    std::vector<std::string> command;  ///< ends with 0 where it is
    std::string reason;                ///< what is not there otherwise, and the way out
    std::vector<std::size_t> runs;     ///< that need it, by their index
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
    /// Of the file, absolute.
    const std::filesystem::path& folder() const;
    /// `sweep:` of the file, never empty.
    const std::string& name() const;
    /// Empty where the file has none.
    const std::string& description() const;
    /// How many times each run is made, from 1.
    int repeat() const;
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

    /// The caller's variables that are part of what the runs are, with their values, of all runs together.
    std::map<std::string, std::string> variables() const;

    /// What `inputs:` names now, a sentence for each entry, also of what is wrong with one.
    std::vector<std::string> described_inputs() const;
    /// Of the entries that key() has met: those whose files are known otherwise than by content.
    std::vector<std::string> notes_on_inputs() const;

    /// What `checks:` of the file asks for, in its order.
    const std::vector<CheckDefinition>& checks() const;
    /// What `tables:` of the file asks for, in its order.
    const std::vector<TableDefinition>& tables() const;

    /// Whether it is watched what runs read.
    const Observe& observe() const;

    /// Of each run; they are the same for all. Memory in bytes, times in seconds.
    const protocol::Limits& limits() const;

  private:
    struct State;
    explicit Sweep(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace tidemark::sweep
