#include "trainer/command_line.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

#include <system_error>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/suggestion.hpp"
#include "protocol/model_options.hpp"
#include "protocol/request.hpp"
#include "trainer/checking/data_check.hpp"
#include "trainer/describe.hpp"
#include "trainer/memory/allocator.hpp"
#include "trainer/models/library_models.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/parameters.hpp"
#include "trainer/reporting/event_log.hpp"
#include "trainer/saving/run_folder.hpp"
#include "trainer/self_test.hpp"
#include "trainer/training/session.hpp"

namespace tidemark::trainer {
namespace {

constexpr int kFailed = 1;
/// Parameters by which what is learnt is the same, so that a training may go on with others.
constexpr std::array<std::string_view, 16> kWithoutEffect{
    "data_dir",        "workers",          "worker_kind",      "prefetch", "pin_memory", "eval_batch_size",
    "threads",         "device",           "allocator",        "cleanup",  "save",       "save_every",
    "drop_file_pages", "checkpoint_every", "allow_divergence", "resume"};
constexpr int kWrongParameters = 2;

/// The words by which C++ and LibTorch's allocators say that there is no memory left.
bool tells_of_no_memory(std::string_view message) {
    return message.find("can't allocate memory") != std::string_view::npos ||
           message.find("bad_alloc") != std::string_view::npos ||
           message.find("out of memory") != std::string_view::npos;
}

protocol::Request read_request(const char* file) {
    const auto text = read_file(file);
    if (!text)
        throw std::runtime_error(fmt::format("cannot read the request {}: {}", file, std::strerror(errno)));
    try {
        return protocol::request_from_json_text(*text);
    } catch (const std::exception& error) {
        throw std::runtime_error(fmt::format("{} is not a request: {}", file, error.what()));
    }
}

/// That of the run whose folder or checkpoint `resume` names, where it lies there.
std::optional<protocol::Request> request_to_resume(const std::string& resume) {
    if (resume.empty()) return std::nullopt;
    const auto file = request_beside(resume);
    return file ? std::optional(read_request(file->c_str())) : std::nullopt;
}

/// Takes `--plugin FILE` out of the arguments: libraries are loaded before anything else is read, because
/// they bring parameters.
std::vector<std::string> take_plugins(std::vector<char*>& arguments) {
    std::vector<std::string> plugins;
    std::vector<char*> others;
    constexpr std::string_view kPlugin = "--plugin";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == kPlugin && i + 1 < arguments.size())
            plugins.emplace_back(arguments[++i]);
        else if (argument.starts_with(kPlugin) && argument.substr(kPlugin.size()).starts_with('='))
            plugins.emplace_back(argument.substr(kPlugin.size() + 1));
        else
            others.push_back(arguments[i]);
    }
    arguments = others;
    return plugins;
}

class OptionsReader {
  public:
    void take(const protocol::Request& request) {
        for (const auto& [name, value] : request.parameters) {
            // the runner has checked them; one that we do not know chooses the workload, as `engine` does
            if (find(name) != nullptr) set(name, value);
        }
    }

    void read_arguments(std::span<char*> arguments) {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            std::string name = arguments[i];
            const char* next = i + 1 < arguments.size() ? arguments[i + 1] : nullptr;
            if (!name.starts_with("--")) {
                problems_.push_back(
                    fmt::format("'{}' is not an option; they are written --batch-size 16", name));
                continue;
            }
            name.erase(0, 2);
            std::optional<std::string> text;
            if (const std::size_t equals = name.find('='); equals != std::string::npos) {
                text = name.substr(equals + 1);
                name.resize(equals);
            }
            std::ranges::replace(name, '-', '_');
            const Parameter* parameter = find(name);
            if (!text && next != nullptr && takes(parameter, next)) {
                text = next;
                ++i;
            }
            if (parameter == nullptr) {
                refuse_unknown(name);
                continue;
            }
            if (!text && parameter->description.type == protocol::ParameterType::Boolean) text = "true";
            if (!text)
                problems_.push_back(fmt::format("--{} needs a value", name));
            else
                set(name, parse(parameter->description.type, *text));
        }
    }

    /// What the model that was chosen can do nothing with.
    void check_model() {
        protocol::WorkloadDescription workload;
        for (const ModelKind& kind : all_models()) workload.models.push_back(kind.description);
        for (const auto& [name, value] : given_) {
            const auto misfit =
                protocol::model_misfit(workload, options_.model, find(name)->description, value);
            if (misfit) problems_.push_back(fmt::format("{}: {}", name, *misfit));
        }
    }

    Options options() const {
        Options options = options_;
        for (const Parameter& parameter : parameters()) {
            const std::string& name = parameter.description.name;
            if (std::ranges::find(kWithoutEffect, name) != kWithoutEffect.end()) continue;
            const auto given = given_.find(name);
            options.learning[name] =
                to_text(given == given_.end() ? parameter.description.default_value : given->second);
        }
        return options;
    }
    const std::vector<std::string>& problems() const { return problems_; }

  private:
    static const Parameter* find(std::string_view name) {
        const auto& all = parameters();
        const auto found =
            std::ranges::find_if(all, [&](const Parameter& one) { return one.description.name == name; });
        return found == all.end() ? nullptr : &*found;
    }

    /// Whether the argument behind an option is its value: `--drop-last` stands alone as well, and what is
    /// unknown takes whatever is not an option.
    static bool takes(const Parameter* parameter, std::string_view next) {
        if (parameter == nullptr) return !next.starts_with("--");
        if (parameter->description.type == protocol::ParameterType::Boolean)
            return next == "true" || next == "false";
        return true;
    }

    static Value parse(protocol::ParameterType type, const std::string& text) {
        using protocol::ParameterType;
        if (type == ParameterType::Boolean && (text == "true" || text == "false")) return text == "true";
        if (type != ParameterType::Integer && type != ParameterType::Number) return text;
        std::int64_t integer = 0;
        const char* const last = text.data() + text.size();
        const auto [after, error] = std::from_chars(text.data(), last, integer);
        if (error == std::errc() && after == last) return integer;
        char* end = nullptr;
        const double number = std::strtod(text.c_str(), &end);
        return end == text.c_str() || *end != '\0' ? Value(text) : Value(number);
    }

    void refuse_unknown(const std::string& name) {
        std::vector<std::string_view> known;
        for (const Parameter& parameter : parameters()) known.emplace_back(parameter.description.name);
        problems_.push_back(fmt::format("unknown parameter '{}'{}", name, did_you_mean(name, known)));
    }

    void set(const std::string& name, const Value& value) {
        const Parameter& parameter = *find(name);
        const protocol::CheckedValue checked = protocol::check(parameter.description, value);
        if (!checked.value) {
            problems_.push_back(fmt::format("{}: {}", name, checked.problem));
            return;
        }
        try {
            parameter.set(options_, *checked.value);
        } catch (const std::invalid_argument& error) {
            problems_.push_back(fmt::format("{}: {}", name, error.what()));
            return;
        }
        given_.insert_or_assign(name, *checked.value);
    }

    Options options_;
    std::map<std::string, Value> given_;
    std::vector<std::string> problems_;
};

int refuse(const std::vector<std::string>& problems) {
    for (const std::string& problem : problems) fmt::print(stderr, "tidemark-train: {}\n", problem);
    fmt::print(stderr, "tidemark-train --help lists the parameters\n");
    return kWrongParameters;
}

/// `--check-data DIR [--fix-list]`, as `tidemark data check` asks. Exits with 1 where something was found.
int run_check(std::span<char*> arguments) {
    try {
        const DataFindings findings = check_data(arguments[1]);
        (arguments.size() > 2 ? print_what_to_leave_out : print_findings)(findings, std::cout);
        return findings.is_fine() ? EXIT_SUCCESS : kFailed;
    } catch (const std::exception& error) {
        fmt::print(stderr, "tidemark: {}\n", error.what());
        return kWrongParameters;
    }
}

int train(const Options& options, char** argv) {
    EventLog events;
    try {
        use_allocator(options.allocator, argv);
        train(options, events, std::cout);
        return EXIT_SUCCESS;
    } catch (const std::bad_alloc& error) {
        events.info("out_of_memory", std::string(error.what()));
        fmt::print(stderr, "tidemark-train: out of memory: {}\n", error.what());
    } catch (const std::exception& error) {
        // LibTorch's messages go on with a stack trace; the first line says it
        const std::string_view whole = error.what();
        const std::string message(whole.substr(0, whole.find('\n')));
        if (tells_of_no_memory(message)) events.info("out_of_memory", message);
        fmt::print(stderr, "tidemark-train: {}\n", message);
    }
    return kFailed;
}

}  // namespace

int run(int argc, char** argv) {
    std::vector<char*> arguments(argv + 1, argv + argc);
    std::vector<std::string> plugins = take_plugins(arguments);
    std::optional<protocol::Request> request;
    try {
        if (const char* file = std::getenv(protocol::kRequestVariable)) request = read_request(file);
    } catch (const std::exception& error) {
        return refuse({error.what()});
    }
    if (request) plugins.insert(plugins.end(), request->plugins.begin(), request->plugins.end());
    constexpr unsigned kLongestLoading = 60;  // seconds; nobody would end a library that never comes up
    if (!plugins.empty()) alarm(kLongestLoading);
    try {
        load_model_libraries(plugins);
    } catch (const std::exception& error) {
        fmt::print(stderr, "tidemark-train: {}\n", error.what());
        return kWrongParameters;
    }
    alarm(0);
    const auto wants = [&](std::string_view option) {
        return arguments.size() == 1 && arguments[0] == option;
    };
    if (wants("--describe")) {
        fmt::print("{}\n", protocol::to_json(describe()).dump(1));
        return EXIT_SUCCESS;
    }
    if (wants("--self-test")) {
        fmt::print("{}\n", protocol::to_json_text(self_test()));
        return EXIT_SUCCESS;
    }
    if (wants("--help")) {
        fmt::print("{}", help_text());
        return EXIT_SUCCESS;
    }
    if (arguments.size() > 1 && std::string_view(arguments[0]) == "--check-data") return run_check(arguments);
    OptionsReader reader;
    if (request) reader.take(*request);
    reader.read_arguments(arguments);
    try {
        if (const auto earlier = request ? std::nullopt : request_to_resume(reader.options().resume)) {
            // what it was told then, and on top of it what is given now
            reader = {};
            reader.take(*earlier);
            reader.read_arguments(arguments);
        }
    } catch (const std::exception& error) {
        return refuse({error.what()});
    }
    reader.check_model();
    if (!reader.problems().empty()) return refuse(reader.problems());
    return train(reader.options(), argv);
}

}  // namespace tidemark::trainer
