#pragma once

#include <filesystem>
#include <string>

#include <unistd.h>

#include "warden/cgroup_place.hpp"
#include "warden/small_files.hpp"

namespace tidemark::test {

/// A freezer cgroup of version 1, thawed and removed at the end.
class FreezerCgroup {
  public:
    FreezerCgroup() {
        const auto place = warden::find_cgroup1({}, "freezer");
        if (!place) return;
        mount_ = place->mount;
        const std::string folder = place->own + "/test-" + std::to_string(getpid());
        std::error_code error;
        if (std::filesystem::create_directory(folder, error)) folder_ = folder;
    }
    FreezerCgroup(const FreezerCgroup&) = delete;
    FreezerCgroup& operator=(const FreezerCgroup&) = delete;
    ~FreezerCgroup() {
        if (folder_.empty()) return;
        set("THAWED");
        warden::remove_cgroup(folder_);
    }

    /// Why there is none; empty: there is.
    std::string problem() const {
        return folder_.empty() ? "needs root and the freezer hierarchy of cgroups v1" : std::string();
    }
    const std::string& mount() const { return mount_; }
    void take(pid_t pid) const { warden::write_small_file(folder_ + "/cgroup.procs", std::to_string(pid)); }
    void set(const std::string& state) const { warden::write_small_file(folder_ + "/freezer.state", state); }
    std::string state() const { return warden::read_small_file(folder_ + "/freezer.state"); }

  private:
    std::string mount_;
    std::string folder_;
};

}  // namespace tidemark::test
