#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

namespace tidemark::trainer {

/// A file of a data set. It is read with pread when something of it is wanted: mapping it would bring large
/// parts of it into the process and into its measured memory.
class DataFile {
  public:
    /// Throws std::runtime_error naming the file where it cannot be read, with `way_out` behind the reason.
    DataFile(const std::filesystem::path& path, const std::string& way_out);
    /// One that is packed by gzip; it is unpacked first, and offsets are those of what comes out.
    static DataFile unpacked(const std::filesystem::path& packed);
    DataFile(DataFile&& other) noexcept;
    DataFile& operator=(DataFile&&) = delete;
    ~DataFile();

    const std::string& name() const { return name_; }
    std::int64_t size() const;

    /// Fills `bytes` from the offset on. Throws std::runtime_error where the file ends before, naming the
    /// offset and the `part` that is not whole: "record".
    void read(std::int64_t offset, std::span<std::uint8_t> bytes, const char* part) const;

  private:
    DataFile(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}

    std::string name_;
    int descriptor_;
};

}  // namespace tidemark::trainer
