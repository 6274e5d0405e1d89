#include "sweep/resolved_run.hpp"

#include <cstdlib>
#include <filesystem>

#include "protocol/result_columns.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/identity.hpp"
#include "sweep/key_sources.hpp"
#include "sweep/secret_key.hpp"

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

protocol::Service filled_service(const GivenService& given, const SweepParameters& columns, RowView row,
                                 const ValueOf& value_of) {
    protocol::Service service;
    service.command = columns.filled(given.command.words, row, value_of);
    // has been checked; nothing where it is known of each repeat only
    if (given.port) service.port = port_of(given.port->text.fill(value_of));
    service.line = given.line;
    service.check = columns.filled(given.check.words, row, value_of);
    service.within = given.within;
    return service;
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

/// A variable that holds a secret among other text is hidden as a whole. Those that are inherited are looked
/// for under their names: nothing stands in their place yet.
void add_secrets(const Definition& definition, protocol::Request& request) {
    request.secrets = definition.hidden;
    for (const GivenSecret& secret : definition.secrets) {
        const auto variable = request.environment.find(secret.name);
        if (variable == request.environment.end() || is_hidden(variable->second)) continue;
        const std::string value = protocol::revealed(variable->second, definition.hidden);
        variable->second = hidden(value);
        request.secrets.emplace(variable->second, value);
    }
}

/// The names of those that only the caller's environment has.
std::vector<std::string> inherited_secrets(const Definition& definition) {
    std::vector<std::string> names;
    for (const GivenSecret& secret : definition.secrets) names.push_back(secret.name);
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
    return parameters_of(row_);
}

protocol::Parameters ResolvedRun::parameters_of(RowView row) const {
    protocol::Parameters parameters;
    parameters.reserve(row.size());
    for (std::size_t column = 0; column < row.size(); ++column) {
        if (!is_null(row[column]->value))
            parameters.emplace_back(columns_->names()[column], row[column]->value);
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

const RunKeys& ResolvedRun::keys() const {
    if (keys_) return *keys_;
    const bool has_port = definition_->service && definition_->service->port;
    const std::string port = has_port ? filled_text(*definition_->service->port, nullptr) : std::string();
    keys_ = keys_of(request(), workload(), port, *definition_, *sources_);
    return *keys_;
}

Digest ResolvedRun::key() const {
    return keys().key;
}

Digest ResolvedRun::measured_key() const {
    return keys().measured;
}

/// Those that to_text of the value would not give.
std::map<std::string, std::string> ResolvedRun::told(RowView row) const {
    std::map<std::string, std::string> texts;
    for (std::size_t column = 0; column < row.size(); ++column) {
        const ParameterValue& value = *row[column];
        if (!is_null(value.value) && value.told() != value.text())
            texts.emplace(columns_->names()[column], value.told());
    }
    return texts;
}

std::string ResolvedRun::text_of(std::string_view placeholder, RowView row, const Occasion* occasion) const {
    if (const auto column = columns_->find(parse_placeholder(placeholder).name)) {
        const bool is_late =
            occasion == nullptr && columns_->all()[*column].by_repeat && is_null(row[*column]->value);
        return is_late ? unfilled(placeholder) : columns_->text_of(placeholder, row);
    }
    if (placeholder == kRunPlaceholder) return name_;
    if (placeholder == kSweepPlaceholder) return definition_->name;
    if (occasion == nullptr) return unfilled(placeholder);
    return placeholder == kRepeatPlaceholder ? std::to_string(occasion->repeat) : occasion->run_dir;
}

std::string ResolvedRun::filled_text(const GivenTemplate& part, RowView row, const Occasion* occasion) const {
    return part.text.fill([&](std::string_view name) { return text_of(name, row, occasion); });
}

std::string ResolvedRun::filled_text(const GivenTemplate& part, const Occasion* occasion) const {
    return filled_text(part, row_for(occasion), occasion);
}

/// With the values that are derived from the number of the repeat.
Row ResolvedRun::row_for(const Occasion* occasion) const {
    return occasion != nullptr && sources_->repeats ? sources_->repeats->of(occasion->repeat, row_, *profile_)
                                                    : row_;
}

/// One that differs between the repeats is known of each of them only.
protocol::Limits ResolvedRun::limits(RowView row, const Occasion* occasion) const {
    protocol::Limits limits = definition_->limits;
    for (const GivenTemplate& limit : definition_->limits_to_fill)
        set_limit(limit.key, filled_text(limit, row, occasion), limits);  // has been checked
    return limits;
}

protocol::Request ResolvedRun::make_request(const Occasion* occasion) const {
    const Row row = row_for(occasion);
    const ValueOf value_of = [&](std::string_view name) { return text_of(name, row, occasion); };
    const auto fill = [&](const GivenTemplate& part) { return part.text.fill(value_of); };
    const auto in = [](const std::filesystem::path& folder, const std::string& path) {
        return (folder / path).lexically_normal().string();
    };
    const Definition& definition = *definition_;
    protocol::Request request;
    request.sweep = definition.name;
    request.run = name_;
    request.cell = tidemark::to_text(cell_);
    request.parameters = parameters_of(row);
    request.told = told(row);
    request.limits = limits(row, occasion);
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
    request.setup = columns_->filled(definition.setup.run.words, row, value_of);
    request.teardown = columns_->filled(definition.teardown.run.words, row, value_of);
    if (definition.service) request.service = filled_service(*definition.service, *columns_, row, value_of);
    const NamedRun* const named = definition.made_otherwise(name_);
    request.warmup = named != nullptr && named->warmup ? *named->warmup : definition.warmup;
    for (const GivenCapture& given : definition.capture) {
        request.capture.push_back(given.capture);
        if (given.file) request.capture.back().file = fill(*given.file);
    }
    request.keep = definition.keep;
    if (definition.inputs) {
        request.inputs.emplace();
        for (const GivenTemplate& part : *definition.inputs) request.inputs->push_back(fill(part));
    }
    for (std::string& word : columns_->filled(definition.command, row, value_of))
        request.command.push_back(std::move(word));
    for (const auto& [name, part] : definition.environment) request.environment[name] = fill(part);
    request.inherit = definition.inherit;
    add_secrets(definition, request);
    request.variables = sources_->variables.of(request, inherited_secrets(definition));
    for (const GivenSecret& secret : definition.secrets) {
        const char* value = std::getenv(secret.name.c_str());
        if (value != nullptr && request.variables.contains(secret.name))
            request.secrets.emplace(request.variables.at(secret.name), value);
    }
    for (const auto& [name, value] : request.variables) sources_->named_variables.insert(name);
    return request;
}

}  // namespace tidemark::sweep
