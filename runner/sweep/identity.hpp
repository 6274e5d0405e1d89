#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "protocol/request.hpp"
#include "sweep/canonical_text.hpp"
#include "sweep/expansion/parameter_value.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/resolved_run.hpp"

// What identifies a run: its cell, the digest of what it is told, and its key, which adds the content of what
// it is made by. Databases hold both, so neither may ever come out differently for the same run.

namespace tidemark::sweep {

/// Computes cells: digests of parameters, command, environment and limits, and where the file has them of
/// working directory, stdin, a varied heap layout and what is inherited. What is the same in all runs of a
/// profile is made canonical once.
class CellDigests {
  public:
    /// The arguments must outlive this.
    CellDigests(const Definition& definition, const SweepParameters& columns);

    /// Of a run with these values of all columns. Not for several threads at once.
    Digest of(RowView row, const Profile& profile);

  private:
    /// A literal, or a column whose text takes its place.
    struct TemplatePart {
        std::string literal;
        std::optional<std::size_t> column;
    };
    /// What stands behind another in the canonical text.
    struct Piece {
        std::string constant;               ///< parts that are the same in all runs
        std::optional<std::size_t> column;  ///< then: the name and value of this one, if it has one
        std::string name;                   ///< of the column, canonical
        std::vector<TemplatePart> filled;   ///< or then: a text with the values of columns
    };

    std::vector<Piece> pieces_of(const Profile& profile) const;
    void add_template(const GivenTemplate& part, const Profile& profile, std::vector<Piece>& pieces) const;
    void add_filled(const std::vector<TemplatePart>& parts, RowView row);

    const Definition& definition_;
    const SweepParameters& columns_;
    std::map<const Profile*, std::vector<Piece>> pieces_;
    CanonicalText text_;  ///< of one cell; a member so that its memory is used again
};

/// The cell of a run that is told its name, from the cell without it.
Digest named_cell(const Digest& cell, const std::string& run);

/// Digests of files, each read once.
class FileDigests {
  public:
    /// Nothing where the file cannot be read; then errno says why, if it is asked for the first time.
    std::optional<Digest> of(const std::filesystem::path& file);

  private:
    std::map<std::filesystem::path, std::optional<Digest>> known_;
};

struct KeySources;

/// `key` of the contract: the cell, the content of the executable, of the inputs and of stdin, the
/// workload's build id, and what goes on around the run. `workload` is null for a command; `port` is that of
/// the service, with the placeholders in it that are others in each repeat. Throws UsageError, with the place
/// in the sweep file, when the program is missing or a file cannot be read.
RunKeys keys_of(const protocol::Request& request, const protocol::WorkloadDescription* workload,
                const std::string& port, const Definition& definition, KeySources& sources);

}  // namespace tidemark::sweep
