#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tidemark::store {

/// A process that can be told apart from every other one, also from a later one with the same number.
struct ProcessIdentity {
    std::string host;
    std::string boot_id;  ///< /proc/sys/kernel/random/boot_id
    std::int64_t pid = 0;
    std::int64_t pid_started = 0;  ///< field 22 of /proc/PID/stat: clock ticks after boot

    bool operator==(const ProcessIdentity&) const = default;
};

ProcessIdentity this_process();

bool is_on_this_host(const ProcessIdentity& process);

/// Whether the process still runs. Of another host nothing can be known: it counts as living.
bool is_alive(const ProcessIdentity& process);

}  // namespace tidemark::store
