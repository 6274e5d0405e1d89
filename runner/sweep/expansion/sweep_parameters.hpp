#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"
#include "protocol/description.hpp"
#include "sweep/expansion/parameter_value.hpp"
#include "sweep/file/node_reading.hpp"
#include "sweep/file/placeholders.hpp"

namespace tidemark::sweep {

/// One parameter of the sweep.
struct SweepParameter {
    std::string name;
    std::optional<Value> given;     ///< by `parameters` or --set, for all runs
    std::string written{};          ///< how
    bool is_structure = false;      ///< whether that is a list or a map
    bool varies = false;            ///< an axis, derived, or given by a named run
    bool by_repeat = false;         ///< derived from the number of the repeat, and null until that is known
    bool chooses_workload = false;  ///< stands in `workload: "{engine}"`
};

/// What a workload makes of the columns. A sweep has one profile, or one for each workload that its runs may
/// have.
struct Profile {
    const protocol::WorkloadDescription* workload = nullptr;  ///< null for a command's
    std::vector<const protocol::ParameterDescription*>
        descriptions{};  ///< of each column; null: it knows none
    /// The value of each column in a run to which nothing else is given: that of `parameters`, or the
    /// workload's default; null where there is neither, and where the workload does not know the parameter.
    Row base{};
    std::optional<std::size_t> model{};        ///< the column that chooses one of the workload's models
    std::vector<std::size_t> model_options{};  ///< the columns that shape some of them, and others not
};

/// All parameters of the sweep in the order of the file, then the workloads' own. A Row holds a value for
/// each.
class SweepParameters {
  public:
    /// `profiles` has at least one; `workload` is null for a command's. `folder` is that of the sweep file.
    SweepParameters(std::vector<SweepParameter> columns, std::optional<Template> workload,
                    std::vector<Profile> profiles, std::filesystem::path folder);

    /// In the order of a Row.
    const std::vector<SweepParameter>& all() const { return columns_; }
    /// Of all columns, in the same order.
    const std::vector<std::string>& names() const { return names_; }
    /// At least one.
    const std::vector<Profile>& profiles() const { return profiles_; }
    /// The index of the parameter of that name; nothing where there is none.
    std::optional<std::size_t> find(std::string_view name) const;

    /// Whether each run has a workload of its own, chosen by its parameters.
    bool choose_workload() const { return workload_ && workload_->has_placeholders(); }

    /// The name of the workload of a run with these values, which may be one that there is not.
    std::string workload_name(RowView row) const;

    /// The profile of a run with these values; null where there is no such workload.
    const Profile* profile(RowView row) const;

    /// The whole row of a run that has these values in the columns `varying`; its profile must exist.
    Row row(const std::vector<std::size_t>& varying, const RunValues& values) const;

    /// Whether a run of that profile may be given the parameter.
    bool knows(const Profile& profile, std::size_t column) const;

    /// A derived value, or one of a workload among several, brought to the type that its parameter has there;
    /// the problem, if it cannot be.
    protocol::CheckedValue check(const Profile& profile, std::size_t column, const Value& value) const;

    /// A value that needs another parameter, which has none: `cifar10 needs data_dir: …` of `dataset`.
    struct Lack {
        std::string parameter;
        std::string message;
    };
    /// What a run with these values lacks.
    std::optional<Lack> lack_of(const Profile& profile, RowView row) const;

    /// A value that the run's model can do nothing with.
    struct Misfit {
        std::size_t column;
        std::string message;
    };
    /// All such values of a run.
    std::vector<Misfit> misfits_of(const Profile& profile, RowView row) const;

    /// What replaces the placeholder: the value's text, nothing for null.
    std::string text_of(std::string_view placeholder, RowView row) const;

    /// Whether words that hang on the parameter are left out: it is null or false.
    bool is_absent(std::string_view name, RowView row) const;

    /// The words of a command: those that are there, each with its placeholders replaced.
    std::vector<std::string> filled(const std::vector<GivenTemplate>& words, RowView row,
                                    const ValueOf& value_of) const;

  private:
    std::vector<SweepParameter> columns_;
    std::vector<std::string> names_;
    std::optional<Template> workload_;
    std::vector<Profile> profiles_;
    std::filesystem::path folder_;
};

}  // namespace tidemark::sweep
