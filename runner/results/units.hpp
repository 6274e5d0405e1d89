#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/request.hpp"
#include "protocol/result_columns.hpp"
#include "results/current_results.hpp"
#include "sql/connection.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::results {

/// In which unit a column of results is, and what it is called: the one place where this is decided, for
/// every table, page and message. In this order: what a measured figure is; what `capture` of the sweep file
/// or the workload's description declares of a metric; what the name says (protocol::unit_of).
class Units {
  public:
    /// Of two declarations of one metric the first counts.
    void declare(const std::string& metric, protocol::Unit unit) { declared_.try_emplace(metric, unit); }

    /// Whatever was declared, the metric is a plain number.
    void withdraw(const std::string& metric) { declared_[metric] = protocol::Unit::None; }

    protocol::Unit of(std::string_view column) const;

    /// Of a column of a table, without the unit.
    std::string heading(std::string_view column, Language language = Language::English) const {
        return protocol::heading_of(column, of(column), language);
    }
    /// Of a line of text.
    std::string title(std::string_view column) const { return protocol::title_of(column, of(column)); }

    protocol::Noise noise(std::string_view column) const { return protocol::noise_of(column, of(column)); }

    bool operator==(const Units&) const = default;

  private:
    std::map<std::string, protocol::Unit, std::less<>> declared_;
};

/// Of the metrics that the sweep file captures and its workloads describe.
Units units_of(const sweep::Sweep& sweep);

/// The same, for the attempts that are shown: a unit that one of them was not captured in says nothing, which
/// can be only where results of any program are.
Units units_of(const sweep::Sweep& sweep, const CurrentResults& results);

/// Of the metrics of one attempt, by what it was told; `workload` is null for a command's.
Units units_of(const protocol::Request& request, const protocol::WorkloadDescription* workload);

/// The units of stored attempts. All attempts of one `tidemark run` and workload have the same, so that one
/// of them is read.
class StoredUnits {
  public:
    /// `workloads`: the folder of their descriptions, read when an attempt of one is met first. The
    /// connection must outlive this.
    StoredUnits(sql::Connection& connection, std::filesystem::path workloads)
        : connection_(connection), workloads_(std::move(workloads)) {}

    /// Those of the attempt, which `invocation` made of `workload` (empty: a command). Throws sql::SqlError.
    std::shared_ptr<const Units> of_attempt(std::string_view run_id, std::string_view invocation,
                                            std::string_view workload);
    /// The same, where nothing more is known of it; those that names say where there is no such attempt.
    std::shared_ptr<const Units> of_attempt(std::string_view run_id);

  private:
    Units read(std::string_view run_id, std::string_view workload);

    sql::Connection& connection_;
    std::filesystem::path workloads_;
    std::optional<sweep::WorkloadCatalogue> catalogue_;
    std::map<std::pair<std::string, std::string>, std::shared_ptr<const Units>> known_;
};

}  // namespace tidemark::results
