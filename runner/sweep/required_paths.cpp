#include "sweep/required_paths.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

/// At the value that gives it, in the file or on the command line.
void add_missing(const Definition& definition, const std::string& parameter, const std::string& path,
                 const std::string& message, Problems& problems) {
    bool is_given = false;
    for_each_value(definition, parameter, [&](const GivenValue& given) {
        const std::filesystem::path written(to_text(given.value));
        const bool is_it = std::filesystem::path(path) == written ||
                           path.ends_with("/" + written.lexically_normal().string());
        if (!is_it || is_given) return;
        is_given = true;
        problems.add_given(given.position, parameter, given.option, message);
    });
    if (!is_given) problems.add({}, parameter, message);
}

}  // namespace

void check_required_paths(const Definition& definition, const protocol::WorkloadDescription& workload,
                          const protocol::Parameters& parameters, Problems& problems) {
    for (const auto& [name, value] : parameters) {
        const auto* parameter = workload.parameter(name);
        if (parameter == nullptr) continue;
        const auto needs = parameter->needs.find(to_text(value));
        if (needs == parameter->needs.end()) continue;
        for (const auto& [needed, how] : needs->second) {
            const auto* description = workload.parameter(needed);
            const auto own = std::ranges::find(parameters, needed, &std::pair<std::string, Value>::first);
            if (description == nullptr || description->type != protocol::ParameterType::Path ||
                own == parameters.end())
                continue;
            const std::string path = to_text(own->second);
            std::error_code error;
            if (std::filesystem::exists(path, error)) continue;
            add_missing(definition, needed, path,
                        fmt::format("there is no {}, and {} needs {}: {}", path, to_text(value), needed, how),
                        problems);
        }
    }
}

}  // namespace tidemark::sweep
