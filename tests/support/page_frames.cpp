#include "support/page_frames.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace tidemark::test {
namespace {

constexpr std::uint64_t kPage = 4096;
// Documentation/admin-guide/mm/pagemap.rst
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
constexpr std::uint64_t kFrameMask = (std::uint64_t{1} << 55) - 1;
constexpr std::uint64_t kNotCounted = (std::uint64_t{1} << 17)     // KPF_HUGE: hugetlb
                                      | (std::uint64_t{1} << 20)   // KPF_NOPAGE: no memory at all
                                      | (std::uint64_t{1} << 24);  // KPF_ZERO_PAGE

class File {
  public:
    explicit File(const std::string& path) : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }

  private:
    int number_;
};

/// Into a string that keeps its memory; a process that is gone, or has no memory any more, leaves it empty.
void read_whole(const std::string& path, std::string& text) {
    text.clear();
    const File file(path);
    char buffer[16384];
    for (ssize_t count = 0; (count = read(file.number(), buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(count));
}

std::vector<std::string> tasks_of(pid_t pid) {
    std::vector<std::string> tasks;
    std::error_code error;
    const std::filesystem::path folder = "/proc/" + std::to_string(pid) + "/task";
    for (std::filesystem::directory_iterator task(folder, error), end; !error && task != end;
         task.increment(error))
        tasks.push_back(task->path().string());
    return tasks;
}

/// What the kernel gives to every process, and counts for none: their pages have no counted frame, or none
/// that is memory of its own.
bool is_lent_by_the_kernel(const std::string& line) {
    return line.ends_with("[vvar]") || line.ends_with("[vvar_vclock]") || line.ends_with("[vsyscall]");
}

}  // namespace

std::string why_no_page_frames() {
    if (geteuid() != 0) return "only root is told the numbers of page frames";
    if (access("/proc/kpageflags", R_OK) != 0) return "the kernel tells no /proc/kpageflags";
    return {};
}

std::vector<pid_t> processes_below(pid_t pid) {
    std::vector<pid_t> found{pid};
    std::string text;
    for (std::size_t next = 0; next < found.size(); ++next) {
        for (const std::string& task : tasks_of(found[next])) {
            read_whole(task + "/children", text);
            const char* at = text.c_str();
            for (char* end = nullptr;; at = end) {
                const long child = std::strtol(at, &end, 10);
                if (end == at) break;
                found.push_back(static_cast<pid_t>(child));
            }
        }
    }
    found.erase(found.begin());
    return found;
}

PageFrames::PageFrames() : flags_(open("/proc/kpageflags", O_RDONLY | O_CLOEXEC)) {
    if (flags_ < 0) throw std::runtime_error(std::string("/proc/kpageflags: ") + std::strerror(errno));
}

PageFrames::~PageFrames() {
    close(flags_);
}

std::int64_t PageFrames::count(const std::vector<pid_t>& processes) {
    frames_.clear();
    for (const pid_t pid : processes) {
        collect("/proc/" + std::to_string(pid));
        if (!maps_.empty()) continue;
        // the first thread of a process may have ended before the others, and tells nothing then
        for (const std::string& task : tasks_of(pid)) {
            collect(task);
            if (!maps_.empty()) break;
        }
    }
    std::ranges::sort(frames_);
    const auto repeated = std::ranges::unique(frames_);
    frames_.erase(repeated.begin(), repeated.end());
    drop_what_is_not_counted();
    return static_cast<std::int64_t>(frames_.size() * kPage);
}

/// Adds the frames that the page tables of this process name.
void PageFrames::collect(const std::string& folder) {
    read_whole(folder + "/maps", maps_);
    if (maps_.empty()) return;
    const File pagemap(folder + "/pagemap");
    constexpr std::uint64_t kAtOnce = 16384;
    entries_.resize(kAtOnce);
    for (std::size_t at = 0, end = 0; at < maps_.size(); at = end + 1) {
        end = std::min(maps_.find('\n', at), maps_.size());
        const std::string line = maps_.substr(at, end - at);
        char* behind = nullptr;
        std::uint64_t page = std::strtoull(line.c_str(), &behind, 16) / kPage;
        const std::uint64_t last = std::strtoull(behind + 1, nullptr, 16) / kPage;
        if (is_lent_by_the_kernel(line)) continue;
        while (page < last) {
            const std::uint64_t wanted = std::min(kAtOnce, last - page);
            const ssize_t got = pread(pagemap.number(), entries_.data(), wanted * sizeof(std::uint64_t),
                                      static_cast<off_t>(page * sizeof(std::uint64_t)));
            if (got <= 0) break;  // it has ended
            const auto count = static_cast<std::size_t>(got) / sizeof(std::uint64_t);
            for (std::size_t i = 0; i < count; ++i) {
                if ((entries_[i] & kPresent) != 0) frames_.push_back(entries_[i] & kFrameMask);
            }
            page += count;
        }
    }
}

/// The frames are in order, so that most flags are read by few calls.
void PageFrames::drop_what_is_not_counted() {
    constexpr std::uint64_t kAtOnce = 4096;
    entries_.resize(kAtOnce);
    std::uint64_t first = 0;
    std::uint64_t behind = 0;  // flags of [first, behind) are in entries_
    std::size_t next = 0;
    const auto is_not_counted = [&](std::uint64_t frame) {
        if (frame >= behind) {
            // as far as the frames lie close together
            std::size_t last = next;
            while (last + 1 < frames_.size() && frames_[last + 1] - frames_[last] <= 16 &&
                   frames_[last + 1] - frame < kAtOnce)
                ++last;
            first = frame;
            const ssize_t got =
                pread(flags_, entries_.data(), (frames_[last] - first + 1) * sizeof(std::uint64_t),
                      static_cast<off_t>(first * sizeof(std::uint64_t)));
            if (got <= 0) throw std::runtime_error("/proc/kpageflags tells nothing of a page that is mapped");
            behind = first + static_cast<std::uint64_t>(got) / sizeof(std::uint64_t);
        }
        ++next;
        return (entries_[frame - first] & kNotCounted) != 0;
    };
    std::erase_if(frames_, is_not_counted);
}

}  // namespace tidemark::test
