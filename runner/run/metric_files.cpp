#include "run/metric_files.hpp"

#include <algorithm>

#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "base/digest.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockFile = "metric-files.lock";
constexpr mode_t kLockMode = 0666;

std::vector<fs::path> files_of(const protocol::Request& request) {
    std::vector<fs::path> files;
    for (const protocol::Capture& capture : request.capture) {
        if (capture.file.empty()) continue;
        fs::path file = real_place(fs::path(request.working_directory) / capture.file);
        if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
    }
    return files;
}

/// A byte of the lock file stands for each metric file: two that share one by chance are only held apart.
off_t byte_of(const fs::path& file) {
    constexpr std::uint64_t kOffsets = std::uint64_t{1} << 62U;
    return static_cast<off_t>(digest_of(file.native()).low % kOffsets);
}

enum class Lock { Taken, InUse, CannotTell };

/// A lock of the open file, not of the process: each run has one of its own.
Lock lock_byte(int descriptor, off_t offset) {
    struct flock wish {};
    wish.l_type = F_WRLCK;
    wish.l_whence = SEEK_SET;
    wish.l_start = offset;
    wish.l_len = 1;
    if (fcntl(descriptor, F_OFD_SETLK, &wish) == 0) return Lock::Taken;
    return errno == EAGAIN || errno == EACCES ? Lock::InUse : Lock::CannotTell;
}

}  // namespace

fs::path real_place(const fs::path& file) {
    constexpr int kMostLinks = 40;  // as many as the kernel follows
    std::error_code error;
    fs::path place = fs::absolute(file, error);
    for (int links = 0; links < kMostLinks; ++links) {
        place = fs::weakly_canonical(place.parent_path(), error) / place.filename();
        const fs::path target = fs::read_symlink(place, error);
        if (error) break;
        place = place.parent_path() / target;
    }
    return place.lexically_normal();
}

struct MetricFiles::Held {
    explicit Held(std::vector<fs::path> own_files) : files(std::move(own_files)) {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        if (descriptor >= 0) close(descriptor);  // and all locks go with it
    }

    /// The file that another process has. Where the file system knows no locks, nothing is known of others.
    std::optional<fs::path> lock_all(const fs::path& lock_file) {
        descriptor = open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kLockMode);
        if (descriptor < 0) return std::nullopt;
        for (const fs::path& file : files)
            if (lock_byte(descriptor, byte_of(file)) == Lock::InUse) return file;
        return std::nullopt;
    }

    std::vector<fs::path> files;
    int descriptor = -1;
};

MetricFiles::MetricFiles(fs::path runs_folder) : runs_folder_(std::move(runs_folder)) {}
MetricFiles::~MetricFiles() = default;

std::optional<MetricFiles::Conflict> MetricFiles::hold(const protocol::Request& request) {
    std::vector<fs::path> files = files_of(request);
    if (files.empty()) return std::nullopt;
    if (const auto used = in_use_here(files)) return Conflict{*used, false};
    std::error_code ignored;
    fs::create_directories(runs_folder_, ignored);
    auto held = std::make_unique<Held>(std::move(files));
    if (const auto used = held->lock_all(runs_folder_ / kLockFile)) return Conflict{*used, true};
    held_.emplace(request.run_id, std::move(held));
    return std::nullopt;
}

void MetricFiles::release(const std::string& run_id) {
    held_.erase(run_id);
}

/// By name, and by what is there now: a file may have several names, and a link may have come since.
std::optional<fs::path> MetricFiles::in_use_here(const std::vector<fs::path>& files) const {
    for (const auto& [run_id, other] : held_) {
        for (const fs::path& own : files) {
            const auto is_the_same = [&](const fs::path& used) {
                std::error_code error;
                return used == own || fs::equivalent(used, own, error);
            };
            if (std::ranges::any_of(other->files, is_the_same)) return own;
        }
    }
    return std::nullopt;
}

}  // namespace tidemark::run
