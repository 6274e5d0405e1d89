#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::run {

/// By what it is known whether something that a run read is as it was.
enum class ObservedKind {
    Content,  ///< a file, by the digest of its content
    Stamp,    ///< a large file, by its size and when it was changed
    Names,    ///< a folder that was listed, by the names in it
    Stamps,   ///< a folder of many files that were read, by their names, sizes and times
    Link      ///< a symbolic link on the way to a file, by what it says
};

std::string_view kind_name(ObservedKind kind);
/// Throws std::invalid_argument for a kind of a later version.
ObservedKind kind_from_name(std::string_view text);

/// Something below the sweep's folder that a run read, and how it was.
struct ObservedFile {
    std::string path;  ///< relative to the folder
    ObservedKind kind = ObservedKind::Content;
    std::string state;  ///< compared with how it is now
    /// Of a Content, how the file looked: as long as it looks so its content need not be read again. 0 where
    /// a later change might look the same.
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;
};

/// What a run read below the sweep's folder, and what it wrote there.
struct Observation {
    std::vector<ObservedFile> read;    ///< by path
    std::vector<std::string> written;  ///< of a folder that it made, the folder alone
    std::string gap;                   ///< why this may not be all; empty: it is
};

/// Where it is observed what runs read.
struct Observing {
    std::filesystem::path folder;       ///< of the sweep file; empty: nowhere
    bool on = true;                     ///< `observe: false` switches it off
    std::vector<std::string> except{};  ///< patterns of what is left out
};

/// What is not observed although it lies below the sweep's folder: what belongs to version control and to
/// tidemark itself, and what `observe` of the sweep file leaves out.
class LeftOut {
  public:
    LeftOut() = default;
    /// `own` are absolute paths with all that is below them. A pattern with a `/` is about the path from the
    /// folder, one without about any name in it.
    LeftOut(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& own,
            std::vector<std::string> patterns);

    /// Of a path relative to the folder: of it, or of a folder that it lies in.
    bool contains(std::string_view path) const;

  private:
    bool matches(std::string_view path, std::string_view name) const;

    std::vector<std::string> own_;  ///< relative to the folder
    std::vector<std::string> patterns_;
};

}  // namespace tidemark::run
