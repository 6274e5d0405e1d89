#include "run/file_watch.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <deque>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/folder.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;

/// Enough for any project with its virtual environment; the kernel keeps about 1 KiB for each.
constexpr std::size_t kMostFolders = 20'000;

/// What is written shows when it is closed: a run's files are all closed when it has ended.
constexpr std::uint32_t kEvents =
    IN_OPEN | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
constexpr std::uint32_t kWritten = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;

constexpr const char* kWayOut = "name what runs read under `inputs:`";

std::string joined(const std::string& folder, std::string_view name) {
    if (folder.empty()) return std::string(name);
    return name.empty() ? folder : fmt::format("{}/{}", folder, name);
}

/// Whether what Python compiled of the file, `__pycache__/x.cpython-311.pyc` of `x.py`, is among these.
bool is_compiled_in(const std::set<std::string>& opened, const std::string& source) {
    const fs::path path(source);
    if (path.extension() != ".py") return false;
    const std::string begin = (path.parent_path() / "__pycache__" / path.stem()).string() + ".";
    const auto compiled = opened.lower_bound(begin);
    return compiled != opened.end() && compiled->starts_with(begin);
}

/// Whether `path` is `folder` or lies below it.
bool is_within(const fs::path& path, const fs::path& folder) {
    const fs::path relative = path.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

struct FileWatch::Event {
    std::string path;
    std::uint32_t mask = 0;
};

FileWatch::FileWatch(const fs::path& folder, const LeftOut& left_out)
    : folder_(fs::canonical(folder)), left_out_(left_out), inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (inotify_ < 0) {
        add_gap(fmt::format("files cannot be watched here ({})", errno_text(errno)));
        return;
    }
    watch_tree("", Walk::First);
    drain();  // our own walk
    stop_ = eventfd(0, EFD_CLOEXEC);
    if (stop_ >= 0) start_reader();
}

/// Where there can be no thread, the events are taken when a run begins and ends; should the kernel not keep
/// them all until then, it says so.
void FileWatch::start_reader() {
    // signals are for the main thread, which waits for them
    sigset_t all, former;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    try {
        reader_ = std::thread([this] { read_until_stopped(); });
    } catch (const std::system_error&) {
    }
    pthread_sigmask(SIG_SETMASK, &former, nullptr);
}

FileWatch::~FileWatch() {
    if (reader_.joinable()) {
        eventfd_write(stop_, 1);
        reader_.join();
    }
    for (const int descriptor : {stop_, inotify_})
        if (descriptor >= 0) close(descriptor);
}

void FileWatch::add_gap(const std::string& reason) {
    const std::string gap = fmt::format("{}; {}", reason, kWayOut);
    if (gap_.empty()) gap_ = gap;
    for (auto& [run_id, seen] : at_work_)
        if (seen.gap.empty()) seen.gap = gap;
}

/// Breadth first, so that what lies near is watched where not all can be. The first walk opens each folder
/// itself, which would fill the kernel's queue of 16,384 events, so that they are taken on the way.
void FileWatch::watch_tree(const std::string& path, Walk walk) {
    constexpr std::size_t kFoldersBetween = 1000;
    std::size_t walked = 0;
    std::deque<std::string> waiting{path};
    while (!waiting.empty()) {
        if (walk == Walk::First && ++walked % kFoldersBetween == 0) drain();
        std::vector<std::string> folders;
        watch_folder(waiting.front(), folders);
        waiting.pop_front();
        waiting.insert(waiting.end(), folders.begin(), folders.end());
    }
}

int FileWatch::add_watch(const std::string& path) {
    if (paths_.size() >= kMostFolders) {
        add_gap(fmt::format("there are more than {} folders below {}", kMostFolders, folder_.string()));
        return -1;
    }
    const int watch = inotify_add_watch(inotify_, (folder_ / path).c_str(), kEvents);
    if (watch >= 0 || errno == ENOENT) return watch;
    const std::string why = errno == ENOSPC ? "fs.inotify.max_user_watches is reached" : errno_text(errno);
    add_gap(fmt::format("{} cannot be watched ({})", (folder_ / path).string(), why));
    return -1;
}

void FileWatch::watch_folder(const std::string& path, std::vector<std::string>& folders) {
    const int watch = add_watch(path);
    if (watch < 0) return;
    std::error_code error;
    const auto [known, is_new] = paths_.try_emplace(watch, path);
    if (!is_new && fs::equivalent(folder_ / known->second, folder_ / path, error)) return;  // by a link
    known->second = path;                                                                   // it was moved
    error = for_each_entry(folder_ / path, [&](const fs::directory_entry& entry) {
        const std::string name = joined(path, entry.path().filename().native());
        if (left_out_.contains(name)) return;
        std::error_code ignored;
        if (entry.is_symlink(ignored))
            look_at_link(name, folders);
        else if (entry.is_directory(ignored))
            folders.push_back(name);
    });
    if (error && error != std::errc::no_such_file_or_directory)  // a run may have removed it meanwhile
        add_gap(fmt::format("{} cannot be listed ({})", (folder_ / path).string(), error.message()));
}

void FileWatch::look_at_link(const std::string& path, std::vector<std::string>& folders) {
    std::error_code error;
    const fs::path target = fs::canonical(folder_ / path, error);
    if (error) return;  // it leads to nothing
    if (is_within(target, folder_)) {
        links_by_target_.emplace(target.lexically_relative(folder_).string(), path);
        return;
    }
    if (is_within(folder_, target)) return;  // to a folder around ours, which is outside
    links_by_target_.emplace(path, path);
    if (fs::is_directory(target, error)) {
        folders.push_back(path);
    } else if (fs::is_regular_file(target, error)) {
        const int watch = add_watch(path);
        if (watch >= 0) paths_.emplace(watch, path);
    }
}

void FileWatch::begin(const std::string& run_id) {
    const std::lock_guard lock(mutex_);
    drain();
    at_work_[run_id].gap = gap_;
}

Seen FileWatch::end(const std::string& run_id) {
    const std::lock_guard lock(mutex_);
    drain();
    auto own = at_work_.extract(run_id);
    if (own.empty()) return {};
    ours_ = own.mapped().written;
    return std::move(own.mapped());
}

void FileWatch::results_are_taken() {
    const std::lock_guard lock(mutex_);
    drain();
    ours_.clear();
}

std::string FileWatch::gap() {
    const std::lock_guard lock(mutex_);
    return gap_;
}

/// Takes all that has happened until now.
void FileWatch::drain() {
    if (inotify_ < 0) return;
    constexpr std::size_t kBuffer = 64 * 1024;
    alignas(inotify_event) std::array<char, kBuffer> buffer;  // NOLINT(*-member-init): the kernel fills it
    for (;;) {
        const ssize_t length = read(inotify_, buffer.data(), buffer.size());
        if (length <= 0) return;
        for (ssize_t at = 0; at < length;) {
            inotify_event event{};
            std::memcpy(&event, &buffer[static_cast<std::size_t>(at)], sizeof event);
            const char* const name = &buffer[static_cast<std::size_t>(at) + sizeof event];
            at += static_cast<ssize_t>(sizeof event + event.len);
            if ((event.mask & IN_Q_OVERFLOW) != 0) {
                // what is new since then may not be watched either
                add_gap(
                    fmt::format("more was opened at once below {} than the kernel keeps "
                                "(fs.inotify.max_queued_events)",
                                folder_.string()));
                continue;
            }
            const auto folder = paths_.find(event.wd);
            if (folder == paths_.end()) continue;
            if ((event.mask & IN_IGNORED) != 0)
                paths_.erase(folder);
            else
                take({joined(folder->second, event.len > 0 ? name : ""), event.mask});
        }
    }
}

void FileWatch::take(const Event& event) {
    if (left_out_.contains(event.path)) return;
    const bool is_folder = (event.mask & IN_ISDIR) != 0;
    const bool is_ours = ours_.contains(event.path);
    for (auto& [run_id, seen] : at_work_) {
        if ((event.mask & kWritten) != 0 && seen.written.insert(event.path).second) {
            // who writes into a file has opened it, too
            const auto& opened = (event.mask & IN_CLOSE_WRITE) != 0 ? seen.again : seen.opened;
            if (opened.contains(event.path) || is_compiled_in(seen.opened, event.path))
                seen.read_before.insert(event.path);
        }
        if ((event.mask & IN_OPEN) == 0 || is_ours) continue;
        if (is_folder)
            seen.listed.insert(event.path);
        else if (!seen.opened.insert(event.path).second)
            seen.again.insert(event.path);
    }
    // what is in a new folder is new as well, whenever it came there
    if (is_folder && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) watch_tree(event.path, Walk::Later);
}

/// The kernel keeps a limited number of events, so they are taken as they come; not one by one, which would
/// take CPU time from the program.
void FileWatch::read_until_stopped() {
    using namespace std::chrono_literals;
    std::array<pollfd, 2> sources{{{stop_, POLLIN, 0}, {inotify_, POLLIN, 0}}};
    while (poll(sources.data(), sources.size(), -1) >= 0 || errno == EINTR) {
        if ((sources[0].revents & POLLIN) != 0) return;
        std::this_thread::sleep_for(5ms);
        const std::lock_guard lock(mutex_);
        drain();
    }
}

}  // namespace tidemark::run
