#include "sweep/resolved_run.hpp"

#include <filesystem>

#include "protocol/result_columns.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/identity.hpp"
#include "sweep/key_sources.hpp"

namespace tidemark::sweep {
namespace {

/// What the values of its parameters bring a workload's run.
void add_environment(const protocol::WorkloadDescription& workload, protocol::Request& request) {
    for (const auto& [name, value] : request.parameters) {
        const auto* parameter = workload.parameter(name);
        if (parameter == nullptr) continue;
        const auto brought = parameter->environment.find(to_text(value));
        if (brought != parameter->environment.end())
            request.environment.insert(brought->second.begin(), brought->second.end());
    }
}

/// Those that have the name of a share, and are one.
std::vector<std::string> shares_of(const protocol::WorkloadDescription& workload) {
    std::vector<std::string> names;
    for (const protocol::MetricDescription& metric : workload.metrics) {
        const bool by_name = protocol::unit_of(metric.name) == protocol::Unit::Fraction;
        if (by_name && metric.unit == protocol::Unit::Fraction) names.push_back(metric.name);
    }
    return names;
}

}  // namespace

ResolvedRun::ResolvedRun(const Definition& definition, const SweepParameters& columns, KeySources& sources,
                         const RunSpec& run, Row row)
    : definition_(&definition),
      columns_(&columns),
      sources_(&sources),
      profile_(columns.profile(row)),
      name_(run.run),
      cell_(run.cell),
      row_(std::move(row)) {}

protocol::Parameters ResolvedRun::parameters() const {
    protocol::Parameters parameters;
    parameters.reserve(row_.size());
    for (std::size_t column = 0; column < row_.size(); ++column) {
        if (!is_null(row_[column]->value))
            parameters.emplace_back(columns_->names()[column], row_[column]->value);
    }
    return parameters;
}

std::string ResolvedRun::written(std::string_view parameter) const {
    const auto column = columns_->find(parameter);
    if (!column || is_null(row_[*column]->value)) return {};
    const ParameterValue& value = *row_[*column];
    return value.written.empty() ? std::string(value.text()) : value.written;
}

const protocol::WorkloadDescription* ResolvedRun::workload() const {
    return profile_->workload;
}

const protocol::Request& ResolvedRun::request() const {
    if (!request_) request_ = make_request(nullptr);
    return *request_;
}

Digest ResolvedRun::key() const {
    return key_of(request(), workload(), *definition_, *sources_);
}

std::string ResolvedRun::text_of(std::string_view placeholder, const Occasion* occasion) const {
    if (columns_->find(placeholder)) return columns_->text_of(placeholder, row_);
    if (placeholder == kRunPlaceholder) return name_;
    if (placeholder == kSweepPlaceholder) return definition_->name;
    if (occasion == nullptr) return unfilled(placeholder);
    return placeholder == kRepeatPlaceholder ? std::to_string(occasion->repeat) : occasion->run_dir;
}

protocol::Request ResolvedRun::make_request(const Occasion* occasion) const {
    const ValueOf value_of = [&](std::string_view name) { return text_of(name, occasion); };
    const auto fill = [&](const GivenTemplate& part) { return part.text.fill(value_of); };
    const auto in = [](const std::filesystem::path& folder, const std::string& path) {
        return (folder / path).lexically_normal().string();
    };
    const Definition& definition = *definition_;
    protocol::Request request;
    request.sweep = definition.name;
    request.run = name_;
    request.cell = tidemark::to_text(cell_);
    request.parameters = parameters();
    request.limits = definition.limits;
    request.heap_layout = definition.heap_layout;
    request.working_directory = definition.working_directory
                                    ? in(definition.folder, fill(*definition.working_directory))
                                    : definition.folder.string();
    if (definition.stdin_file)
        request.stdin_file = in(request.working_directory, fill(*definition.stdin_file));
    if (const auto* description = workload()) {
        request.workload = description->workload;
        request.command = {description->program};
        request.shares = shares_of(*description);
        add_environment(*description, request);
    }
    for (const std::filesystem::path& plugin : definition.plugins) request.plugins.push_back(plugin.string());
    request.accept_exit = definition.accept_exit;
    request.setup = filled(definition.setup.run, value_of);
    request.teardown = filled(definition.teardown.run, value_of);
    request.warmup = definition.warmup;
    for (const GivenCapture& given : definition.capture) {
        request.capture.push_back(given.capture);
        if (given.file) request.capture.back().file = fill(*given.file);
    }
    request.keep = definition.keep;
    if (definition.inputs) {
        request.inputs.emplace();
        for (const GivenTemplate& part : *definition.inputs) request.inputs->push_back(fill(part));
    }
    for (const GivenTemplate& part : definition.command) request.command.push_back(fill(part));
    for (const auto& [name, part] : definition.environment) request.environment[name] = fill(part);
    request.inherit = definition.inherit;
    request.variables = sources_->variables.of(request);
    return request;
}

}  // namespace tidemark::sweep
