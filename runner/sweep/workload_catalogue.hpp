#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/description.hpp"

namespace tidemark::sweep {

/// The workloads that this installation has: the stored descriptions `share/tidemark/workloads/*.json`.
class WorkloadCatalogue {
  public:
    WorkloadCatalogue() = default;
    /// Reads every description in the folder (a missing folder is an empty catalogue). `program` becomes
    /// absolute. Throws CannotGoOn naming the file that is not a description.
    explicit WorkloadCatalogue(const std::filesystem::path& folder);

    void add(protocol::WorkloadDescription description);

    const protocol::WorkloadDescription* find(std::string_view name) const;
    std::vector<std::string_view> names() const;

    /// Why there is no workload of that name, and what there is instead.
    std::string explain_missing(const std::string& name) const;

  private:
    std::map<std::string, protocol::WorkloadDescription, std::less<>> workloads_;
};

}  // namespace tidemark::sweep
