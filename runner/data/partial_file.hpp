#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace tidemark::data {

/// What has been downloaded of a file so far. It stays when the program ends.
class PartialFile {
  public:
    /// Throws CannotGoOn naming the file.
    explicit PartialFile(std::filesystem::path path);
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    ~PartialFile();

    const std::filesystem::path& path() const { return path_; }
    std::int64_t size() const { return size_; }
    void append(std::span<const char> bytes);
    void begin_anew();

  private:
    [[noreturn]] void refuse() const;

    std::filesystem::path path_;
    int descriptor_;
    std::int64_t size_ = 0;
};

}  // namespace tidemark::data
