#include "trainer/datasets/cifar10.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kRecords = 10'000;  // of each file
constexpr std::int64_t kRecordSize = 1 + kPixels;
constexpr int kLabels = 10;
constexpr const char* kFolder = "cifar-10-batches-bin";

}  // namespace

Cifar10::Cifar10(const std::filesystem::path& folder, Split split) {
    if (folder.empty()) {
        throw std::runtime_error(fmt::format(
            "the dataset cifar10 needs data_dir, the folder that holds {}/: --set data_dir=DIR in a "
            "sweep, --data-dir DIR by hand; the dataset synthetic needs no files",
            kFolder));
    }
    const std::filesystem::path inside = folder / kFolder;
    try {
        if (split == Split::Test) {
            open_file(inside / "test_batch.bin");
        } else {
            for (int number = 1; number <= 5; ++number)
                open_file(inside / fmt::format("data_batch_{}.bin", number));
        }
    } catch (...) {
        for (const File& file : files_) close(file.descriptor);
        throw;
    }
}

Cifar10::~Cifar10() {
    for (const File& file : files_) close(file.descriptor);
}

void Cifar10::open_file(const std::filesystem::path& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        throw std::runtime_error(fmt::format("cannot read {}: {}; data_dir must be the folder that holds {}/",
                                             path.string(), std::strerror(errno), kFolder));
    }
    files_.push_back({path, descriptor});
    struct stat status {};
    fstat(descriptor, &status);
    if (status.st_size != kRecords * kRecordSize) {
        throw std::runtime_error(
            fmt::format("{} has {} bytes, a file of CIFAR-10 has {}; it is cut short or another file",
                        path.string(), status.st_size, kRecords * kRecordSize));
    }
}

std::int64_t Cifar10::size() const {
    return static_cast<std::int64_t>(files_.size()) * kRecords;
}

void Cifar10::read(std::int64_t index, Example& example) const {
    const File& file = files_.at(static_cast<std::size_t>(index / kRecords));
    const std::int64_t offset = index % kRecords * kRecordSize;
    std::array<std::uint8_t, kRecordSize> record;
    const ssize_t count = pread(file.descriptor, record.data(), record.size(), offset);
    if (count != kRecordSize) {
        throw std::runtime_error(
            fmt::format("{} ends at offset {}, within a record", file.path.string(), offset));
    }
    if (record[0] >= kLabels) {
        throw std::runtime_error(
            fmt::format("{}: the label at offset {} is {}, not 0 to 9; the file is not CIFAR-10",
                        file.path.string(), offset, record[0]));
    }
    example.label = record[0];
    std::memcpy(example.pixels.data(), record.data() + 1, kPixels);
}

}  // namespace tidemark::trainer
