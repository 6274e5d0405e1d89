#include "warden/options.hpp"

#include <cstdlib>
#include <cstring>

namespace tidemark::warden {
namespace {

std::vector<int> parse_cpus(const char* text) {
    std::vector<int> cpus;
    while (*text != '\0') {
        char* end = nullptr;
        cpus.push_back(static_cast<int>(std::strtol(text, &end, 10)));
        if (end == text) break;
        text = *end == ',' ? end + 1 : end;
    }
    return cpus;
}

/// `VERSION:FOLDER`
CgroupParent parse_cgroup(const char* text) {
    const char* colon = std::strchr(text, ':');
    return {std::atoi(text), colon == nullptr ? "" : colon + 1};
}

bool set_method(Options& options, const char* name) {
    static constexpr struct {
        const char* name;
        MemoryMethod method;
    } kMethods[] = {{"auto", MemoryMethod::Automatic},
                    {"cgroup", MemoryMethod::Cgroup},
                    {"exit-stop", MemoryMethod::ExitStop},
                    {"sampled", MemoryMethod::Sampled},
                    {"wait4", MemoryMethod::Wait4}};
    for (const auto& known : kMethods) {
        if (std::strcmp(known.name, name) != 0) continue;
        options.method = known.method;
        return true;
    }
    return false;
}

bool set(Options& options, const std::string& name, const char* value) {
    if (name == "--directory")
        options.directory = value;
    else if (name == "--runner")
        options.runner = static_cast<pid_t>(std::atol(value));
    else if (name == "--wall")
        options.wall_s = std::atof(value);
    else if (name == "--grace")
        options.grace_s = std::atof(value);
    else if (name == "--memory")
        options.memory_bytes = std::atoll(value);
    else if (name == "--swap")
        options.swap_bytes = std::atoll(value);
    else if (name == "--pids")
        options.pids = std::atoll(value);
    else if (name == "--cpu-time")
        options.cpu_time_s = std::atof(value);
    else if (name == "--cgroup")
        options.cgroups.push_back(parse_cgroup(value));
    else if (name == "--pids-cgroup")
        options.pids_cgroups.push_back(parse_cgroup(value));
    else if (name == "--cpu-cgroup")
        options.cpu_cgroups.push_back(parse_cgroup(value));
    else if (name == "--method")
        return set_method(options, value);
    else if (name == "--cpus")
        options.cpus = parse_cpus(value);
    else if (name == "--open-files")
        options.open_files = std::atoll(value);
    else if (name == "--cwd")
        options.working_directory = value;
    else if (name == "--phase-socket")
        options.phase_socket = value;
    else if (name == "--stdin")
        options.stdin_file = value;
    else
        return false;
    return true;
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, std::string& problem) {
    Options options;
    int at = 1;
    for (; at < argc && std::strcmp(argv[at], "--") != 0; ++at) {
        if (std::strcmp(argv[at], "--probe") == 0) {
            options.probe = true;
        } else if (std::strcmp(argv[at], "--best-effort") == 0) {
            options.best_effort = true;
        } else if (std::strcmp(argv[at], "--clean-environment") == 0) {
            options.clean_environment = true;
        } else if (at + 1 >= argc || !set(options, argv[at], argv[at + 1])) {
            problem = std::string("unknown or incomplete option ") + argv[at];
            return std::nullopt;
        } else {
            ++at;
        }
    }
    if (options.probe) return options;
    for (++at; at < argc; ++at) options.command.push_back(argv[at]);
    if (options.command.empty() || options.directory.empty() || options.runner == 0) {
        problem = "needs --directory, --runner and a command behind --";
        return std::nullopt;
    }
    options.command.push_back(nullptr);
    return options;
}

}  // namespace tidemark::warden
