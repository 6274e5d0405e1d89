#include "trainer/datasets/data_file.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "trainer/datasets/unpacked_file.hpp"

namespace tidemark::trainer {

DataFile::DataFile(const std::filesystem::path& path, const std::string& way_out)
    : name_(path.string()), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) {
        throw std::runtime_error(fmt::format("cannot read {}: {}; {}", name_, std::strerror(errno), way_out));
    }
}

DataFile DataFile::unpacked(const std::filesystem::path& packed) {
    return {packed.string(), unpacked_file(packed)};
}

DataFile::DataFile(DataFile&& other) noexcept
    : name_(std::move(other.name_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

DataFile::~DataFile() {
    if (descriptor_ >= 0) close(descriptor_);
}

std::int64_t DataFile::size() const {
    struct stat status {};
    fstat(descriptor_, &status);
    return status.st_size;
}

void DataFile::read(std::int64_t offset, std::span<std::uint8_t> bytes, const char* part) const {
    std::size_t got = 0;
    while (got < bytes.size()) {
        const ssize_t count = pread(descriptor_, bytes.data() + got, bytes.size() - got,
                                    offset + static_cast<std::int64_t>(got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            throw std::runtime_error(fmt::format("cannot read {} at offset {}: {}", name_,
                                                 offset + static_cast<std::int64_t>(got),
                                                 std::strerror(errno)));
        }
        if (count == 0) {
            throw std::runtime_error(fmt::format("{} ends at offset {}, within the {} at offset {}", name_,
                                                 offset + static_cast<std::int64_t>(got), part, offset));
        }
        got += static_cast<std::size_t>(count);
    }
}

}  // namespace tidemark::trainer
