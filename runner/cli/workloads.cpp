#include "cli/workloads.hpp"

#include "data/data_folder.hpp"
#include "run/plugin_description.hpp"

namespace tidemark::cli {

sweep::WorkloadCatalogue load_workloads(const terminal::Installation& installation) {
    sweep::WorkloadCatalogue workloads(installation.workloads);
    const std::filesystem::path folder = terminal::default_data_folder();
    for (const data::KnownSet& set : data::known_sets()) {
        if (data::look(set, folder).state == data::State::Complete)
            workloads.provide({"dataset", set.name, "data_dir", folder.string()});
    }
    workloads.ask_plugins_by(run::describe_with_plugins);
    return workloads;
}

}  // namespace tidemark::cli
