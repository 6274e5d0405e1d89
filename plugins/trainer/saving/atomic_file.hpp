#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace tidemark::trainer {

/// A file that appears under its name whole or not at all: it is written beside it first. What has been
/// written is given back to the disk as it goes, so that it does not stay in the page cache, where it would
/// count as memory of the run's cgroup. Throws std::runtime_error naming the file and the reason.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path file);
    ~AtomicFile();  ///< removes what was not committed
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(const void* bytes, std::size_t count);
    void commit();

  private:
    [[noreturn]] void fail() const;
    void leave_cache();

    std::filesystem::path file_;
    std::filesystem::path part_;
    int descriptor_ = -1;
    std::int64_t written_ = 0;
    std::int64_t on_disk_ = 0;
};

}  // namespace tidemark::trainer
