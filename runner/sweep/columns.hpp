#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/definition.hpp"
#include "sweep/problems.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::sweep {

/// One parameter of the sweep.
struct Column {
    std::string name;
    Value base;               ///< the workload's default or that of `parameters`; null: none
    bool is_default = false;  ///< `base` is the default of a workload, and nobody gave the parameter
    bool varies = false;      ///< an axis, derived, or given by a named run
    const protocol::ParameterDescription* description =
        nullptr;  ///< null for a command's, or one that chooses the workload
};

/// All parameters of the sweep in the order of the file, then the workload's defaults; with every given value
/// brought to its parameter's type.
class Columns {
  public:
    /// Checks each given value of the definition against the workloads, and makes paths absolute. Problems
    /// are added.
    Columns(Definition& definition, const WorkloadCatalogue& workloads, const LoadOptions& options,
            Problems& problems);

    const std::vector<Column>& all() const { return columns_; }
    const std::vector<std::string>& names() const { return names_; }
    std::optional<std::size_t> find(std::string_view name) const;

    /// A value that needs another parameter, which has none: `cifar10 needs data_dir: …` of `dataset`.
    struct Lack {
        std::string parameter;
        std::string message;
    };
    /// What a run with these values, one for each column, lacks.
    std::optional<Lack> lack_of(std::span<const Value> row) const;

    /// A derived value brought to its parameter's type; the problem, if it cannot be.
    protocol::CheckedValue check(std::size_t column, const Value& value) const;

  private:
    void collect_workloads(const Definition& definition);
    void add_candidate(const std::string& name, Position position, const std::string& option);
    void collect_names(const Definition& definition);
    void add(const std::string& name);
    void check_parameter(GivenParameter& parameter, const std::string& key);
    void check_value(const std::string& name, GivenValue& value, const std::string& key,
                     Position name_position);
    void refuse_unknown(const std::string& name, const GivenValue& value, const std::string& key,
                        Position name_position);
    bool chooses_workload(const std::string& name) const;

    const WorkloadCatalogue& workloads_;
    const LoadOptions& options_;
    Problems& problems_;
    std::filesystem::path folder_;
    bool has_workload_ = false;
    std::vector<std::string> chooses_workload_;  ///< parameters that stand in `workload: "{engine}"`
    std::vector<const protocol::WorkloadDescription*> candidates_;
    std::vector<Column> columns_;
    std::vector<std::string> names_;
};

}  // namespace tidemark::sweep
