#pragma once

#include <filesystem>
#include <string>

#include "protocol/request.hpp"

namespace tidemark::run {

/// What request.json holds beside the request: the invocation that the run is of.
inline constexpr const char* kMadeBy = "made_by";

/// The files of one run: a whole record by itself.
class RunDirectory {
  public:
    explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

    /// Makes the folder `parent/request.run_id` and writes request.json into it. Throws CannotGoOn.
    static RunDirectory create(const std::filesystem::path& parent, const protocol::Request& request);

    /// The same for a directory of any name: that of a step of a run lies within the run's own.
    static RunDirectory create_at(std::filesystem::path path, const protocol::Request& request);

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path request() const { return path_ / "request.json"; }
    std::filesystem::path events() const { return path_ / "events.jsonl"; }
    std::filesystem::path stdout_log() const { return path_ / "stdout.log"; }
    std::filesystem::path stderr_log() const { return path_ / "stderr.log"; }
    std::filesystem::path samples() const { return path_ / "samples.jsonl"; }
    std::filesystem::path measurement() const { return path_ / "measurement.json"; }
    /// What stood where its metrics are looked for before it was started; absent where there was nothing.
    std::filesystem::path earlier_files() const { return path_ / "earlier_files.json"; }
    /// The run's own folder, for what its program writes: {run_dir}, TIDEMARK_RUN_DIR.
    std::filesystem::path run_dir() const { return path_ / "files"; }
    /// Why the program was never started, where something before it went wrong.
    std::filesystem::path prevented() const { return path_ / "prevented.txt"; }
    /// What went wrong with the teardown of a warm-up.
    std::filesystem::path warmup_teardown() const { return path_ / "warmup_teardown.txt"; }
    /// Of a run that is made on another machine: the batch that it is part of, what that machine is, and what
    /// the queue that it came from says of its end.
    std::filesystem::path batch() const { return path_ / "batch.txt"; }
    std::filesystem::path node() const { return path_ / "node.json"; }
    std::filesystem::path queue_end() const { return path_ / "queue_end.json"; }
    /// Directories of what is done around the program, each with logs and a measurement of its own.
    std::filesystem::path setup() const { return path_ / "setup"; }
    std::filesystem::path teardown() const { return path_ / "teardown"; }
    std::filesystem::path service() const { return path_ / "service"; }
    std::filesystem::path service_check() const { return path_ / "service_check"; }
    std::filesystem::path warmup() const { return path_ / "warmup"; }

  private:
    std::filesystem::path path_;
};

}  // namespace tidemark::run
