#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/request.hpp"

namespace tidemark::run {

/// Where a file really lies that may not be there yet: absolute, with every link on the way followed, the
/// last one too.
std::filesystem::path real_place(const std::filesystem::path& file);

/// The files that runs take their metrics from, each for one run at a time: what another one writes there
/// would be taken for its own. They are held against the other runs of this process, and against every
/// process whose runs are made in the same folder. The kernel lets go of them when a process dies.
class MetricFiles {
  public:
    /// `runs_folder` is made where it is not there.
    explicit MetricFiles(std::filesystem::path runs_folder);
    ~MetricFiles();
    MetricFiles(const MetricFiles&) = delete;
    MetricFiles& operator=(const MetricFiles&) = delete;

    /// A file that is in use.
    struct Conflict {
        std::filesystem::path file;
        bool is_elsewhere = false;  ///< another process has it
    };
    /// Holds all files of the run until it is released; or none, and says which one is in use.
    std::optional<Conflict> hold(const protocol::Request& request);
    void release(const std::string& run_id);

  private:
    struct Held;
    std::optional<std::filesystem::path> in_use_here(const std::vector<std::filesystem::path>& files) const;

    std::filesystem::path runs_folder_;
    std::map<std::string, std::unique_ptr<Held>> held_;  ///< by run_id
};

}  // namespace tidemark::run
