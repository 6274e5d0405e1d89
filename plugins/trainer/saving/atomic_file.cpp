#include "trainer/saving/atomic_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/units.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kMostInCache = kMebibyte;

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path file) : file_(std::move(file)), part_(file_) {
    part_ += ".part";
    descriptor_ = open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail();
}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    unlink(part_.c_str());
}

void AtomicFile::fail() const {
    throw std::runtime_error(fmt::format("cannot write {}: {}", file_.string(), std::strerror(errno)));
}

void AtomicFile::write(const void* bytes, std::size_t count) {
    const auto* at = static_cast<const char*>(bytes);
    while (count > 0) {
        // in pieces: a tensor may be larger than all that may stay in the cache
        const ssize_t done = ::write(descriptor_, at, std::min<std::size_t>(count, kMostInCache));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) fail();
        at += done;
        count -= static_cast<std::size_t>(done);
        written_ += done;
        if (written_ - on_disk_ >= kMostInCache) leave_cache();
    }
}

/// What a file system cannot do of this changes nothing but the cache.
void AtomicFile::leave_cache() {
    sync_file_range(descriptor_, on_disk_, written_ - on_disk_,
                    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    posix_fadvise(descriptor_, 0, written_, POSIX_FADV_DONTNEED);
    on_disk_ = written_;
}

void AtomicFile::commit() {
    if (fsync(descriptor_) != 0) fail();
    posix_fadvise(descriptor_, 0, written_, POSIX_FADV_DONTNEED);
    if (std::rename(part_.c_str(), file_.c_str()) != 0) fail();
    close(std::exchange(descriptor_, -1));
    // the name itself is on the disk when its folder is
    const int folder = open(file_.parent_path().empty() ? "." : file_.parent_path().c_str(),
                            O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    fsync(folder);
    close(folder);
}

}  // namespace tidemark::trainer
