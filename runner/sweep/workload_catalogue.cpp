#include "sweep/workload_catalogue.hpp"

#include <stdexcept>

#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/folder.hpp"
#include "base/suggestion.hpp"

namespace tidemark::sweep {

WorkloadCatalogue::WorkloadCatalogue(const std::filesystem::path& folder) {
    const std::error_code error = for_each_entry(folder, [&](const std::filesystem::directory_entry& entry) {
        if (entry.path().extension() != ".json") return;
        try {
            protocol::WorkloadDescription description =
                protocol::description_from_json(parse_json(read_file(entry.path()).value_or("")));
            description.program = (folder / description.program).lexically_normal().string();
            add(std::move(description));
        } catch (const std::exception& problem) {
            throw CannotGoOn(fmt::format(
                "{} does not describe a workload ({}); the installation is damaged, build it again",
                entry.path().string(), problem.what()));
        }
    });
    if (error && error != std::errc::no_such_file_or_directory)
        throw CannotGoOn(fmt::format("cannot read the folder {}: {}", folder.string(), error.message()));
}

void WorkloadCatalogue::add(protocol::WorkloadDescription description) {
    std::string name = description.workload;
    workloads_.insert_or_assign(std::move(name), std::move(description));
}

Value WorkloadCatalogue::provided(std::string_view parameter, std::string_view value,
                                  std::string_view needed) const {
    for (const Provision& one : provisions_) {
        if (one.parameter == parameter && one.value == value && one.needed == needed) return one.with;
    }
    return {};
}

WorkloadCatalogue WorkloadCatalogue::with_plugins(const std::vector<std::filesystem::path>& plugins) const {
    WorkloadCatalogue extended = *this;
    bool any = false;
    for (const auto& [name, workload] : workloads_) {
        if (!workload.takes_plugins || !plugin_question_) continue;
        extended.add(plugin_question_(workload, plugins));
        any = true;
    }
    if (!any) throw UsageError("no workload of this build takes any");
    return extended;
}

const protocol::WorkloadDescription* WorkloadCatalogue::find(std::string_view name) const {
    const auto found = workloads_.find(name);
    return found == workloads_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> WorkloadCatalogue::names() const {
    std::vector<std::string_view> names;
    for (const auto& [name, description] : workloads_) names.emplace_back(name);
    return names;
}

std::string WorkloadCatalogue::explain_missing(const std::string& name) const {
    const auto known = names();
    if (name == "train")
        return "workload 'train' is not part of this build (it was configured with TIDEMARK_TRAINER=OFF)";
    return fmt::format("there is no workload '{}'{}; there {} {}", name, did_you_mean(name, known),
                       known.size() == 1 ? "is" : "are",
                       known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace tidemark::sweep
