#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "protocol/description.hpp"
#include "protocol/request.hpp"
#include "sweep/expansion/parameter_value.hpp"
#include "sweep/expansion/run_spec.hpp"
#include "sweep/own_placeholders.hpp"

namespace tidemark::sweep {

class SweepParameters;
struct KeySources;
struct Definition;
struct GivenTemplate;
struct Profile;

/// What identifies how a run is made: `key`, and the same without its captures.
struct RunKeys {
    Digest key;
    Digest measured;
};

/// One run of a sweep with all that is to be known of it, for whoever asks for more than one thing: its
/// values are put together once, and its request is made once. Sweep::resolve makes it; the sweep must
/// outlive it. Not for several threads at once.
class ResolvedRun {
  public:
    /// All parameters that have a value, in the order of the file (defaults of the workload last).
    protocol::Parameters parameters() const;

    /// The parameter as it stands in the sweep file or in --set, a quoted text without its quotes: `1e-3`
    /// where the value is 0.001. The text of the value where nobody wrote it: a default, a derived value.
    /// Empty where the run has no such parameter.
    std::string written(std::string_view parameter) const;

    /// What a command is told of parameters, where it is not to_text of their values: `3.10` of 3.1.
    std::map<std::string, std::string> told() const { return told(row_); }

    /// The description of the run's workload; null for a `command:`.
    const protocol::WorkloadDescription* workload() const;

    /// Everything about the run but run_id, invocation, key and repeat: command with its placeholders
    /// replaced, environment (the sweep's, and what parameter values bring), working directory, limits.
    /// What is known only when the run is made stands there as in the file: {repeat}, {run_dir}.
    const protocol::Request& request() const;
    /// The same for one execution of it, as it is started.
    protocol::Request request(const Occasion& occasion) const { return make_request(&occasion); }

    /// `key` of the contract, see key_of: the cell with the content of all that the run is made by. Files are
    /// read once for the sweep and remembered. Throws UsageError when the program is missing or an input
    /// cannot be read.
    Digest key() const;
    /// The same without `capture`: equal for runs that are measured alike, whatever is read from what they
    /// leave.
    Digest measured_key() const;

  private:
    friend class Sweep;
    ResolvedRun(const Definition& definition, const SweepParameters& columns, KeySources& sources,
                const RunSpec& run, Row row);

    /// `occasion` is null for what identifies the run.
    protocol::Request make_request(const Occasion* occasion) const;
    const RunKeys& keys() const;
    std::map<std::string, std::string> told(RowView row) const;
    Row row_for(const Occasion* occasion) const;
    std::string text_of(std::string_view placeholder, RowView row, const Occasion* occasion) const;
    std::string filled_text(const GivenTemplate& part, RowView row, const Occasion* occasion) const;
    std::string filled_text(const GivenTemplate& part, const Occasion* occasion) const;
    protocol::Limits limits(RowView row, const Occasion* occasion) const;
    protocol::Parameters parameters_of(RowView row) const;

    const Definition* definition_;
    const SweepParameters* columns_;
    KeySources* sources_;
    const Profile* profile_;
    std::string name_;
    Digest cell_;
    Row row_;  ///< of all columns
    mutable std::optional<protocol::Request> request_;
    mutable std::optional<RunKeys> keys_;
};

}  // namespace tidemark::sweep
