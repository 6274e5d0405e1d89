#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

struct ModelsOptions {
    std::vector<std::string> plugins;
    OutputOptions output;
};

/// "hidden, norm, checkpointing (none or stage)"
std::string options_text(const protocol::ModelDescription& model) {
    std::vector<std::string> texts;
    for (const protocol::ModelOption& option : model.options) {
        texts.push_back(option.values.empty()
                            ? option.name
                            : fmt::format("{} ({})", option.name, fmt::join(option.values, " or ")));
    }
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::vector<Cell> row_of(const std::string& workload, const protocol::ModelDescription& model) {
    const Cell params = model.params ? Cell{*model.params, {}} : Cell{{}, "its file says"};
    return {{workload, {}}, {model.name, {}},          {model.title, {}},
            params,         {options_text(model), {}}, {model.meaning, {}}};
}

report::Table models_table(const sweep::WorkloadCatalogue& catalogue) {
    report::Table table;
    table.columns = {{"workload", "workload", Unit::None}, {"model", "model", Unit::None},
                     {"title", "called", Unit::None},      {"params", "parameters", Unit::Count},
                     {"options", "options", Unit::None},   {"meaning", "what it is", Unit::None}};
    for (const std::string_view name : catalogue.names()) {
        for (const protocol::ModelDescription& model : catalogue.find(name)->models)
            table.rows.push_back(row_of(std::string(name), model));
    }
    table.notes.emplace_back("parameters: where no option is given, for 10 classes of images 3 × 32 × 32");
    return table;
}

/// With the models of the libraries that were named.
sweep::WorkloadCatalogue with_plugins_of(const ModelsOptions& options,
                                         const sweep::WorkloadCatalogue& installed) {
    if (options.plugins.empty()) return installed;
    std::vector<std::filesystem::path> plugins;
    for (const std::string& plugin : options.plugins) {
        plugins.push_back(std::filesystem::absolute(plugin).lexically_normal());
        std::error_code error;
        if (!std::filesystem::is_regular_file(plugins.back(), error))
            throw UsageError(fmt::format("--plugin {}: there is no such library; build it first", plugin));
    }
    return installed.with_plugins(plugins);
}

}  // namespace

Action add_models_verb(Options& declared) {
    auto options = std::make_shared<ModelsOptions>();
    declared.repeated("--plugin", options->plugins,
                      "a shared library with models of your own: shows them, too");
    options->output.add_to(declared);
    return [options](const Context& context) {
        write_table(options->output,
                    models_table(with_plugins_of(*options, load_workloads(context.installation))));
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
