#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace tidemark::sweep {

/// The word of `inputs:` for all that the repository tracks. A file of that name is `./git`.
inline constexpr std::string_view kTrackedByGit = "git";

/// What is found below a folder, or by a pattern.
struct FoundInput {
    enum class Kind {
        File,    ///< also what a link leads to
        Link,    ///< to nothing, or to a folder that was met already
        Absent,  ///< tracked by git, and not there
        Special  ///< a pipe, a socket, a device: it has no content to hold against another
    };
    std::filesystem::path path;
    Kind kind = Kind::File;
    std::int64_t size = 0;
    std::int64_t changed_s = 0;  ///< since 1970
    std::int64_t changed_ns = 0;
    std::string target{};  ///< of a link
};

/// What an entry of `inputs:` stands for now.
struct InputListing {
    bool is_one_file = false;  ///< which it names as it is
    std::map<std::string, FoundInput>
        files;            ///< by name, relative to the sweep's folder where it was given so
    Bytes size;           ///< of all files
    std::string problem;  ///< why there is none; empty: nothing is wrong
};

/// The names in folders, each folder read once, for entries that are looked for in the same ones.
class FolderNames {
  public:
    /// Sorted, without those that are no inputs. Throws std::system_error.
    const std::vector<std::filesystem::path>& of(const std::filesystem::path& folder);

  private:
    std::map<std::string, std::vector<std::filesystem::path>> known_;
};

/// Finds what an entry of `inputs:` names: a file, a folder with all that is below it, a pattern with `*`,
/// `?`,
/// `[…]` and `**`, or kTrackedByGit. Of each folder `.git` and `__pycache__` are left out, and everywhere
/// `left_out`. Links are followed, but into no folder twice.
InputListing list_input(const std::string& entry, const std::filesystem::path& folder,
                        const std::vector<std::filesystem::path>& left_out, FolderNames& names);

/// The files that match a pattern as `inputs:` knows them, sorted by the bytes of their names, which are
/// relative to the folder where the pattern is. `problem` gets why they cannot be listed.
std::vector<std::string> files_matching(const std::string& pattern, const std::filesystem::path& folder,
                                        std::string& problem);

/// What a file is that cannot be an input, for a message: `a named pipe`; empty where it is none.
std::string special_kind(const std::filesystem::path& file);

}  // namespace tidemark::sweep
