#include "data/partial_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::data {

PartialFile::PartialFile(std::filesystem::path path)
    : path_(std::move(path)), descriptor_(open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) {
    struct stat status {};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) refuse();
    size_ = status.st_size;
}

PartialFile::~PartialFile() {
    if (descriptor_ >= 0) close(descriptor_);
}

void PartialFile::append(std::span<const char> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = pwrite(descriptor_, bytes.data(), bytes.size(), size_);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) refuse();
        size_ += count;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void PartialFile::begin_anew() {
    if (ftruncate(descriptor_, 0) != 0) refuse();
    size_ = 0;
}

void PartialFile::refuse() const {
    throw CannotGoOn(fmt::format("cannot write {}: {}", path_.string(), errno_text(errno)));
}

}  // namespace tidemark::data
