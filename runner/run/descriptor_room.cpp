#include "run/descriptor_room.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/folder.hpp"

namespace tidemark::run {
namespace {

/// Of each run at work: the pidfd of its warden, the warden's log, and the lock of its metric files.
constexpr rlim_t kOfEachRun = 3;
/// What is open for a moment only: while a run is started, or while its files are read and stored.
constexpr rlim_t kForAMoment = 5;

rlim_t open_now() {
    constexpr rlim_t kMostEver = 16;  // for where /proc does not tell
    rlim_t open = 0;
    const auto error = for_each_entry("/proc/self/fd", [&](const auto&) { ++open; });
    return error ? std::max(open, kMostEver) : open - 1;  // less the folder's own
}

}  // namespace

DescriptorRoom::DescriptorRoom() {
    getrlimit(RLIMIT_NOFILE, &of_caller_);
}

DescriptorRoom::~DescriptorRoom() {
    if (is_raised_) setrlimit(RLIMIT_NOFILE, &of_caller_);
}

int DescriptorRoom::runs(int jobs, std::string& note) {
    const rlim_t taken = open_now() + kForAMoment;
    const rlim_t wanted = taken + kOfEachRun * static_cast<rlim_t>(jobs);
    rlimit now = of_caller_;
    if (wanted > now.rlim_cur && now.rlim_cur < now.rlim_max) {
        rlimit raised = now;
        raised.rlim_cur = raised.rlim_max;
        is_raised_ = setrlimit(RLIMIT_NOFILE, &raised) == 0;
        if (is_raised_) now = raised;
    }
    if (wanted <= now.rlim_cur) return jobs;
    if (now.rlim_cur < taken + kOfEachRun) {
        throw CannotGoOn(
            fmt::format("this process may have {} files open, and a single run needs {} of them; "
                        "`ulimit -n` shows and sets how many",
                        now.rlim_cur, taken + kOfEachRun));
    }
    const auto room = static_cast<int>((now.rlim_cur - taken) / kOfEachRun);
    note = fmt::format(
        "{} at the same time instead of {}: this process may have {} files open, and {} runs "
        "need {} of them; `ulimit -n` shows and sets how many",
        room == 1 ? "1 run" : fmt::format("{} runs", room), jobs, now.rlim_cur, jobs, wanted);
    return room;
}

}  // namespace tidemark::run
