#include "run/machine.hpp"

#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <fmt/format.h>

#include "base/files.hpp"
#include "run/cpu_slots.hpp"
#include "run/free_memory.hpp"
#include "warden/calculation.hpp"

namespace tidemark::run {
namespace {

/// The value of the first line `name<separator>value` of a file such as /proc/cpuinfo or /etc/os-release.
std::string value_in(const char* file, const std::string& name, char separator) {
    std::istringstream lines(read_file(file).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (line.compare(0, name.size(), name) != 0) continue;
        const std::size_t at = line.find(separator);
        if (at == std::string::npos) continue;
        std::string value = line.substr(at + 1);
        value.erase(0, value.find_first_not_of(" \""));
        value.erase(value.find_last_not_of(" \"\n") + 1);
        return value;
    }
    return {};
}

std::string cgroup_mode() {
    const std::string mounts = read_file("/proc/self/mounts").value_or("");
    const bool v1 = mounts.find(" cgroup ") != std::string::npos;
    const bool v2 = mounts.find(" cgroup2 ") != std::string::npos;
    return v1 && v2 ? "hybrid" : v1 ? "v1" : v2 ? "v2" : "none";
}

/// What programs can take, also by the limits of the cgroups around.
Value available_memory() {
    const auto free = free_memory();
    return free ? Value(free->amount.value) : Value();
}

}  // namespace

std::vector<std::pair<std::string, Value>> describe_machine() {
    utsname system{};
    uname(&system);
    struct sysinfo memory {};
    sysinfo(&memory);
    const auto bytes = [&](unsigned long units) {
        return static_cast<std::int64_t>(units) * memory.mem_unit;
    };
    return {{"cpu", value_in("/proc/cpuinfo", "model name", ':')},
            {"cores", static_cast<std::int64_t>(usable_cpus().size())},
            {"memory_bytes", bytes(memory.totalram)},
            {"available_bytes", available_memory()},
            {"swap_bytes", bytes(memory.totalswap)},
            {"kernel", fmt::format("{} {} {}", system.sysname, system.release, system.machine)},
            {"system", value_in("/etc/os-release", "PRETTY_NAME", '=')},
            {"host", std::string(system.nodename)},
            {"cgroup", cgroup_mode()}};
}

std::optional<double> speed_spread_now() {
    constexpr int kTimes = 20;
    constexpr std::chrono::milliseconds kPause{25};
    std::vector<double> calculations;
    for (int i = 0; i < kTimes; ++i) {
        if (i > 0) std::this_thread::sleep_for(kPause);
        calculations.push_back(warden::timed_calculation());
    }
    const auto speed = warden::speed_of(std::move(calculations));
    return speed ? std::optional(speed->spread) : std::nullopt;
}

}  // namespace tidemark::run
