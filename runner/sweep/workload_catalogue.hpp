#pragma once

#include <filesystem>
#include <functional>
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

    /// Replaces the workload of the same name, if there is one.
    void add(protocol::WorkloadDescription description);

    /// What a value of a parameter needs of another one, and nobody gives, is had like this: `dataset` is
    /// `cifar10`, its `data_dir` the folder that it was fetched into.
    struct Provision {
        std::string parameter;
        std::string value;
        std::string needed;
        Value with;
    };
    /// The first of several for the same counts.
    void provide(Provision provision) { provisions_.push_back(std::move(provision)); }
    /// What the parameter `needed` gets where `parameter` has that value. Null where nothing was provided.
    Value provided(std::string_view parameter, std::string_view value, std::string_view needed) const;

    /// Asks a workload what it can do with these libraries, which are never loaded here. Throws UsageError
    /// with what is wrong with one.
    using PluginQuestion = std::function<protocol::WorkloadDescription(
        const protocol::WorkloadDescription& workload, const std::vector<std::filesystem::path>& plugins)>;
    /// How with_plugins asks; without it no workload takes plugins.
    void ask_plugins_by(PluginQuestion question) { plugin_question_ = std::move(question); }
    /// This catalogue with the workloads as they are with the libraries. Throws UsageError, also where no
    /// workload takes any.
    WorkloadCatalogue with_plugins(const std::vector<std::filesystem::path>& plugins) const;

    /// Null where there is none. Valid until a workload of that name is added.
    const protocol::WorkloadDescription* find(std::string_view name) const;
    /// In alphabetical order.
    std::vector<std::string_view> names() const;

    /// Why there is no workload of that name, and what there is instead.
    std::string explain_missing(const std::string& name) const;

  private:
    std::map<std::string, protocol::WorkloadDescription, std::less<>> workloads_;
    std::vector<Provision> provisions_;
    PluginQuestion plugin_question_;
};

}  // namespace tidemark::sweep
