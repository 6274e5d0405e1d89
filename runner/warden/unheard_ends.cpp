#include "warden/unheard_ends.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include "warden/small_files.hpp"

namespace tidemark::warden {

std::optional<Faults> faults_of(pid_t process) {
    const std::string stat = read_small_file("/proc/" + std::to_string(process) + "/stat");
    // behind the last ')', because a program's name may hold blanks and parentheses
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    long long minor = 0, of_children = 0, major = 0, majors_of_children = 0;
    // state, ppid, pgrp, session, tty_nr, tpgid and flags stand before them (proc(5))
    if (std::sscanf(stat.c_str() + name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %lld %lld %lld %lld", &minor,
                    &of_children, &major, &majors_of_children) != 4)
        return std::nullopt;
    return Faults{minor + major, of_children + majors_of_children};
}

std::int64_t UnheardEnds::look(const std::map<pid_t, Faults>& now, const std::vector<pid_t>& living) {
    // whoever waited for one that ended has been told of all its faults: those that were known at the look
    // before are taken off
    std::int64_t faults = reaped_ - reaped_before_;
    for (const auto& [pid, seen] : now) {
        const auto before = before_.find(pid);
        const Faults had = before == before_.end() ? Faults{} : before->second;
        faults += seen.children - had.children;
        // a zombie has no mark any more
        if (std::ranges::find(living, pid) == living.end()) faults += seen.own - had.own;
    }
    for (const auto& [pid, had] : before_)
        if (!now.contains(pid)) faults -= had.own + had.children;
    before_ = now;
    reaped_before_ = reaped_;
    return std::max(std::int64_t{0}, faults) * kMappedByAFault;
}

}  // namespace tidemark::warden
