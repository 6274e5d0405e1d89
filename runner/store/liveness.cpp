#include "store/liveness.hpp"

#include <array>
#include <charconv>

#include <unistd.h>

#include <fmt/format.h>

#include "base/files.hpp"

namespace tidemark::store {
namespace {

/// Nothing where there is no such process.
std::optional<std::int64_t> start_of(std::int64_t pid) {
    const auto stat = read_file(fmt::format("/proc/{}/stat", pid));
    if (!stat) return std::nullopt;
    // fields are counted behind the last ')', because a program's name may hold blanks and parentheses; there
    // begins field 3
    std::size_t at = stat->rfind(')');
    if (at == std::string::npos) return std::nullopt;
    at += 2;
    if (stat->at(at) == 'Z') return std::nullopt;
    for (int field = 3; field < 22; ++field) at = stat->find(' ', at) + 1;
    std::int64_t start = 0;
    std::from_chars(stat->data() + at, stat->data() + stat->size(), start);
    return start;
}

std::string boot_id() {
    std::string id = read_file("/proc/sys/kernel/random/boot_id").value_or("");
    while (!id.empty() && id.back() == '\n') id.pop_back();
    return id;
}

std::string host_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

}  // namespace

ProcessIdentity this_process() {
    return {host_name(), boot_id(), getpid(), start_of(getpid()).value_or(0)};
}

bool is_on_this_host(const ProcessIdentity& process) {
    return process.host == host_name();
}

bool is_alive(const ProcessIdentity& process) {
    if (!is_on_this_host(process)) return true;
    return process.boot_id == boot_id() && start_of(process.pid) == process.pid_started;
}

}  // namespace tidemark::store
