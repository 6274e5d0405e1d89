#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark {

/// A file in a run's directory, open to be read. The program of the run may have put anything in its place: a
/// pipe that would be waited for without end, a device without end, a link to somewhere else. None of these
/// is opened.
class RegularFile {
  public:
    explicit RegularFile(const std::filesystem::path& file);
    RegularFile(const RegularFile&) = delete;
    RegularFile& operator=(const RegularFile&) = delete;
    ~RegularFile();

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    std::int64_t size() const { return size_; }
    /// Why it is not open: "it is a link". Empty where it is, or where nothing is there.
    const std::string& problem() const { return problem_; }

  private:
    void leave(std::string problem);

    int number_ = -1;
    std::int64_t size_ = 0;
    std::string problem_;
};

/// The largest of these files that is read as a whole.
inline constexpr std::int64_t kLargestOwnFile = 64 << 20;

/// The whole of such a file; nothing where there is none, or (with a `problem`) where it is not to be read.
std::optional<std::string> read_regular_file(const std::filesystem::path& file,
                                             std::string* problem = nullptr);

/// Writes such a file in place of whatever stands there; throws CannotGoOn.
void write_regular_file(const std::filesystem::path& file, std::string_view content);

}  // namespace tidemark
