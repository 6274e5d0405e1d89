#include "sweep/identity.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/overloaded.hpp"
#include "sweep/key_sources.hpp"
#include "sweep/own_placeholders.hpp"
#include "sweep/program_file.hpp"

namespace tidemark::sweep {
namespace {

void add_limits(const protocol::Limits& limits, CanonicalText& text) {
    using protocol::LimitName;
    for_each_limit(limits, Overloaded{[&](const LimitName& name, const std::optional<Bytes>& limit) {
                                          if (limit) text.add(name.key, limit->value);
                                      },
                                      [&](const LimitName& name, const std::optional<Seconds>& limit) {
                                          if (limit) text.add(name.key, limit->value);
                                      },
                                      [&](const LimitName& name, const std::optional<std::int64_t>& limit) {
                                          if (limit) text.add(name.key, *limit);
                                      },
                                      [&](const LimitName& name, const std::optional<int>& limit) {
                                          if (limit) text.add(name.key, std::int64_t{*limit});
                                      },
                                      [&](const LimitName&, protocol::Enforcement enforcement) {
                                          if (enforcement == protocol::Enforcement::BestEffort)
                                              text.add("best effort");
                                      }});
}

/// What changes how a run goes or what is taken from it, without being told to it. Nothing where nothing of
/// it is given.
void add_circumstances(const protocol::Request& request, CanonicalText& text) {
    const auto add_all = [&](std::string_view name, const std::vector<std::string>& words) {
        if (words.empty()) return;
        text.add(name);
        for (const std::string& word : words) text.add(word);
    };
    add_all("setup", request.setup);
    add_all("teardown", request.teardown);
    if (!request.variables.empty()) text.add("variables");
    for (const auto& [name, value] : request.variables) text.add(name).add(value);
    if (request.warmup > 0) text.add("warmup", std::int64_t{request.warmup});
    if (request.accept_exit != std::vector<int>{0}) {
        for (const int code : request.accept_exit) text.add("accept_exit", std::int64_t{code});
    }
}

void add_captures(const protocol::Request& request, CanonicalText& text) {
    for (const protocol::Capture& capture : request.capture)
        text.add("capture").add(
            protocol::to_json(capture).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// Adds up what a run's key is the digest of.
class KeyText {
  public:
    KeyText(const protocol::Request& request, const std::string& port, const Definition& definition,
            KeySources& sources)
        : request_(request), port_(port), definition_(definition), sources_(sources) {}

    RunKeys keys(const protocol::WorkloadDescription* workload) {
        text_.add(request_.cell);
        if (workload != nullptr)
            add_workload(*workload);
        else
            add_program(request_.command, definition_.command_position, "command");
        add_circumstances(request_, text_);
        const std::size_t before_captures = text_.text().size();
        add_captures(request_, text_);
        const std::size_t behind_captures = text_.text().size();
        if (request_.service) add_service(*request_.service);
        add_inputs();
        std::error_code error;
        if (!request_.stdin_file.empty() && std::filesystem::is_regular_file(request_.stdin_file, error))
            text_.add("stdin").add(
                content_of(request_.stdin_file, definition_.stdin_file->position, "stdin"));
        const Digest key = digest_of(text_.text());
        if (request_.capture.empty()) return {key, key};
        std::string measured = text_.text();
        measured.erase(before_captures, behind_captures - before_captures);
        return {key, digest_of(measured)};
    }

  private:
    void add_workload(const protocol::WorkloadDescription& workload) {
        text_.add(workload.build_id);
        for (const auto& [name, value] : request_.parameters) {
            const auto* parameter = workload.parameter(name);
            const std::string file =
                parameter == nullptr ? "" : protocol::file_of(*parameter, to_text(value));
            if (!file.empty()) text_.add(name).add(content_of(file, {}, name));
        }
        for (const std::string& plugin : request_.plugins)
            text_.add("plugin").add(content_of(plugin, definition_.plugins_position, "plugins"));
    }

    void add_program(const std::vector<std::string>& command, Position position, const std::string& key) {
        const auto path = request_.environment.find("PATH");
        const char* inherited = std::getenv("PATH");
        std::string problem;
        const std::filesystem::path program = find_program(command.front(), request_.working_directory,
                                                           path != request_.environment.end() ? path->second
                                                           : inherited != nullptr             ? inherited
                                                                                              : "",
                                                           problem);
        if (problem.empty()) problem = interpreter_problem(program);
        if (!problem.empty()) refuse(position, key, problem + hint(command));
        text_.add(content_of_any(program, position, key));
    }

    /// What runs beside the program, by its content too. How long it is waited for changes nothing.
    void add_service(const protocol::Service& service) {
        const GivenService& given = *definition_.service;
        text_.add("service");
        for (const std::string& word : service.command) text_.add(word);
        add_program(service.command, given.command.position, "service.command");
        if (!request_.inputs) add_arguments(service.command, given.command.position, "service.command");
        if (service.port)
            text_.add("port", std::int64_t{*service.port});
        else if (given.port)
            text_.add("port of each repeat").add(port_);
        if (!service.line.empty()) text_.add("line").add(service.line);
        if (service.check.empty()) return;
        text_.add("check");
        for (const std::string& word : service.check) text_.add(word);
    }

    /// What a run is made by identifies it, so that it cannot come from its own setup.
    std::string hint(const std::vector<std::string>& command) const {
        const std::string own = unfilled(kRunDirPlaceholder);
        const bool is_there = command.front().find(own) != std::string::npos ||
                              request_.working_directory.find(own) != std::string::npos;
        return is_there ? "; " + own +
                              " is empty before the run: name a program that is there already, by its "
                              "whole path"
                        : "";
    }

    void add_inputs() {
        if (request_.inputs)
            add_declared_inputs();
        else
            add_arguments(request_.command, definition_.command_position, "command");
    }

    /// Relative to the sweep file.
    void add_declared_inputs() {
        for (std::size_t i = 0; i < request_.inputs->size(); ++i) {
            const std::string& entry = (*request_.inputs)[i];
            const InputDigest& input = sources_.inputs.of(entry, sources_.files);
            if (!input.problem.empty()) refuse(definition_.inputs->at(i).position, "inputs", input.problem);
            text_.add(entry).add(input.digest);
        }
    }

    /// What a command names, relative to its directory.
    void add_arguments(const std::vector<std::string>& command, Position position, const std::string& key) {
        for (std::size_t i = 1; i < command.size(); ++i) {
            const std::filesystem::path file = std::filesystem::path(request_.working_directory) / command[i];
            std::error_code error;
            if (!std::filesystem::is_regular_file(file, error)) continue;
            text_.add(command[i]).add(content_of(file, position, key));
        }
    }

    /// The digest of a file that must be there, and that the key at the position has named.
    std::string content_of(const std::filesystem::path& file, Position position, const std::string& key) {
        sources_.named_files.insert(file.native());
        return content_of_any(file, position, key);
    }

    std::string content_of_any(const std::filesystem::path& file, Position position, const std::string& key) {
        const auto digest = sources_.files.of(file);
        if (!digest)
            refuse(position, key, fmt::format("cannot read {}: {}", file.string(), errno_text(errno)));
        return tidemark::to_text(*digest);
    }

    [[noreturn]] void refuse(Position position, const std::string& key, const std::string& message) const {
        Problems problems(definition_.files);
        problems.add(position, key, message);
        problems.throw_if_any();
        throw UsageError(message);
    }

    const protocol::Request& request_;
    const std::string& port_;
    const Definition& definition_;
    KeySources& sources_;
    CanonicalText text_;
};

}  // namespace

CellDigests::CellDigests(const Definition& definition, const SweepParameters& columns)
    : definition_(definition), columns_(columns) {
    for (const Profile& profile : columns.profiles()) pieces_.emplace(&profile, pieces_of(profile));
}

std::vector<CellDigests::Piece> CellDigests::pieces_of(const Profile& profile) const {
    std::vector<Piece> pieces(1);
    std::vector<std::size_t> by_name(columns_.all().size());
    for (std::size_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
    std::ranges::sort(by_name, {}, [this](std::size_t column) { return columns_.names()[column]; });
    for (const std::size_t column : by_name) {
        const ParameterValue& value = *profile.base[column];
        CanonicalText name;
        name.add(columns_.names()[column]);
        if (columns_.all()[column].varies) {
            pieces.back().column = column;
            pieces.back().name = name.text();
            pieces.emplace_back();
        } else if (!is_null(value.value)) {
            pieces.back().constant += name.append(value.canonical).text();
        }
    }
    for_each_template(definition_, [&](const GivenTemplate& part) { add_template(part, profile, pieces); });
    CanonicalText rest;
    for (const GivenExpression& derived : definition_.derive) {
        const auto column = columns_.find(derived.name);
        if (columns_.all()[*column].by_repeat)
            rest.add("derived by repeat").add(derived.name).add(derived.text);
    }
    add_limits(definition_.limits, rest);
    if (definition_.heap_layout == protocol::HeapLayout::Varied) rest.add("varied heap layout");
    if (definition_.inherit) {
        rest.add("inherit");
        for (const std::string& name : *definition_.inherit) rest.add(name);
    }
    pieces.back().constant += rest.text();
    return pieces;
}

/// What is filled with the same values in all runs is constant.
void CellDigests::add_template(const GivenTemplate& part, const Profile& profile,
                               std::vector<Piece>& pieces) const {
    std::vector<TemplatePart> filled(1);
    for (const Template::Part& own : part.text.parts()) {
        if (!own.is_name) {
            filled.back().literal += own.text;
            continue;
        }
        const auto column = columns_.find(own.placeholder.name);
        // how it is shown beside what is shown, which also is among the parameters
        if (own.placeholder.form != PlaceholderForm::Plain) filled.back().literal += unfilled(own.text);
        if (!column && is_own_placeholder(own.text))
            filled.back().literal += unfilled(own.text);
        else if (column && columns_.all()[*column].varies) {
            filled.back().column = *column;
            filled.emplace_back();
        } else {
            filled.back().literal += columns_.text_of(own.placeholder.name, profile.base);
        }
    }
    CanonicalText constant;
    constant.add(part.key);
    if (!part.when.empty()) constant.add("when").add(part.when);
    if (filled.size() == 1) {
        pieces.back().constant += constant.add(filled.front().literal).text();
        return;
    }
    pieces.back().constant += constant.text();
    pieces.back().filled = std::move(filled);
    pieces.emplace_back();
}

Digest CellDigests::of(RowView row, const Profile& profile) {
    text_.clear();
    for (const Piece& piece : pieces_.at(&profile)) {
        text_.append(piece.constant);
        if (piece.column && !is_null(row[*piece.column]->value))
            text_.append(piece.name).append(row[*piece.column]->canonical);
        if (!piece.filled.empty()) add_filled(piece.filled, row);
    }
    return digest_of(text_.text());
}

void CellDigests::add_filled(const std::vector<TemplatePart>& parts, RowView row) {
    const auto text_of = [&](std::size_t column) {
        return is_null(row[column]->value) ? std::string_view() : row[column]->told();
    };
    std::size_t length = 0;
    for (const TemplatePart& part : parts)
        length += part.literal.size() + (part.column ? text_of(*part.column).size() : 0);
    text_.begin_part(length);
    for (const TemplatePart& part : parts) {
        text_.append(part.literal);
        if (part.column) text_.append(text_of(*part.column));
    }
}

Digest named_cell(const Digest& cell, const std::string& run) {
    CanonicalText text;
    text.add(tidemark::to_text(cell)).add(kRunPlaceholder).add(run);
    return digest_of(text.text());
}

std::optional<Digest> FileDigests::of(const std::filesystem::path& file) {
    const auto [entry, is_new] = known_.try_emplace(file);
    if (is_new) entry->second = digest_of_file(file);
    return entry->second;
}

RunKeys keys_of(const protocol::Request& request, const protocol::WorkloadDescription* workload,
                const std::string& port, const Definition& definition, KeySources& sources) {
    return KeyText(request, port, definition, sources).keys(workload);
}

}  // namespace tidemark::sweep
