#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "run/observation.hpp"

namespace tidemark::run {

/// What happened below a folder while a run was at work. Paths are relative to the folder.
struct Seen {
    std::set<std::string> opened;   ///< files
    std::set<std::string> again;    ///< those of them that were opened more than once
    std::set<std::string> listed;   ///< folders; the folder itself is empty
    std::set<std::string> written;  ///< made, opened for writing, moved or removed; folders too
    /// Of these, what was opened before it was first written; where it is Python's source, maybe in what was
    /// compiled of it.
    std::set<std::string> read_before;
    std::string gap;  ///< why this may not be all; empty: it is
};

/// Sees, by inotify, what is opened and written below a folder, by whomever: what happens while a run is at
/// work is taken for the run's own, which may be too much. Symbolic links to folders
/// and files outside are followed.
class FileWatch {
  public:
    /// Watches from here on. What cannot be watched is a gap in all that is seen.
    FileWatch(const std::filesystem::path& folder, const LeftOut& left_out);
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;
    ~FileWatch();

    /// The run is at work from here on.
    void begin(const std::string& run_id);
    /// The run has ended. From here on what it wrote is read by this process, which takes metrics out of it,
    /// and by no other run, until the results are taken.
    Seen end(const std::string& run_id);
    void results_are_taken();

    /// Why not all can be seen; empty: all can.
    std::string gap();

    /// Symbolic links that were there at the start: their path, and where they lead to, relative to the
    /// folder; a link that leads out of it leads to itself.
    const std::multimap<std::string, std::string>& links_by_target() const { return links_by_target_; }

  private:
    struct Event;
    enum class Walk { First, Later };
    void watch_tree(const std::string& path, Walk walk);
    void watch_folder(const std::string& path, std::vector<std::string>& folders);
    void look_at_link(const std::string& path, std::vector<std::string>& folders);
    int add_watch(const std::string& path);
    void drain();
    void take(const Event& event);
    void start_reader();
    void read_until_stopped();
    void add_gap(const std::string& reason);

    std::filesystem::path folder_;
    const LeftOut& left_out_;
    int inotify_ = -1;
    int stop_ = -1;
    std::mutex mutex_;  ///< of all below
    std::map<int, std::string> paths_;
    std::map<std::string, Seen> at_work_;
    std::set<std::string> ours_;  ///< files that this process reads now
    std::multimap<std::string, std::string> links_by_target_;
    std::string gap_;  ///< for all runs
    std::thread reader_;
};

}  // namespace tidemark::run
