#pragma once

#include <filesystem>
#include <string>

namespace tidemark::terminal {

/// Where the parts of this tidemark are: relative to its own executable, in the build tree as in an installed
/// one.
struct Installation {
    std::filesystem::path warden;     ///< libexec/tidemark/tidemark-warden
    std::filesystem::path node;       ///< libexec/tidemark/tidemark-node
    std::filesystem::path fetcher;    ///< libexec/tidemark/tidemark-fetch
    std::filesystem::path workloads;  ///< share/tidemark/workloads: a description per workload

    /// Throws CannotGoOn where /proc is not mounted.
    static Installation of_this_program();
};

/// Set by the bootstrap: the folder of tidemark's own checkout, whose `data/` has the data sets that were
/// fetched, and whose `configs/` has sweep files.
inline constexpr const char* kProjectVariable = "TIDEMARK_PROJECT";
/// Set by the bootstrap: the command as the user typed it, for messages that say how to go on.
inline constexpr const char* kCommandVariable = "TIDEMARK_COMMAND";

/// `data` of the project, for data sets that were fetched; without the bootstrap, of the current directory.
std::filesystem::path default_data_folder();

/// Of tidemark's own checkout; without the bootstrap, of the current directory.
std::filesystem::path default_configs_folder();

/// How the user calls tidemark: `./tidemark`.
std::string own_command(const std::string& first_argument);

/// The path relative to the current directory where it lies below it: shorter, for messages.
std::string shown_path(const std::filesystem::path& path);

}  // namespace tidemark::terminal
