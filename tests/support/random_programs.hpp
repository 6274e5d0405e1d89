#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/observer.hpp"
#include "support/one_run.hpp"

namespace tidemark::test {

/// A tree that random-program makes: a seed, and what is left out of its script.
struct RandomProgram {
    std::uint64_t seed = 0;
    int steps = 0;  ///< 0: as many as the seed says
    std::vector<int> left_out{};
    bool maps_once = false;  ///< no process maps a file or a segment twice at a time

    std::vector<std::string> options() const;
    std::string text() const;  ///< as it is typed
};

/// The greatest number of distinct page frames at any step, in bytes, of several runs: the least and the
/// most.
struct Truth {
    std::int64_t least = 0;
    std::int64_t most = 0;
    int steps = 0;
};

/// What a warden said of one run.
struct Said {
    std::string status;
    std::optional<std::int64_t> low;
    std::optional<std::int64_t> high;
    std::string method;
    bool is_proven = true;  ///< by the kernel's own marks; else samples are part of it

    bool is_low_wrong(const Truth& truth) const { return low && *low > truth.most; }
    bool is_high_wrong(const Truth& truth) const { return high && *high < truth.least; }
    bool is_wrong(const Truth& truth) const { return is_low_wrong(truth) || is_high_wrong(truth); }
};

/// Runs random programs, counted and measured. Makes the files that they map, and holds them in memory on its
/// own account, so that no run is charged for them and none finds them elsewhere.
class RandomPrograms {
  public:
    /// The observer stays what it is; the runs are this user's from the moment on at which the first is made.
    RandomPrograms();
    RandomPrograms(const RandomPrograms&) = delete;
    RandomPrograms& operator=(const RandomPrograms&) = delete;
    ~RandomPrograms();

    /// As this user, all that is measured is measured from here on. Root's memory cgroups are out of its
    /// reach.
    static void become_user(unsigned user);

    Truth truth(const RandomProgram& program, int runs);
    Said measure(const RandomProgram& program, const std::string& method);

  private:
    std::vector<std::string> command(const RandomProgram& program);

    Observer observer_;
    std::string file_;
    std::string tmpfs_file_;
    std::unique_ptr<Workspace> folder_;   ///< where the programs write
    std::map<std::string, OneRun> runs_;  ///< by method
};

}  // namespace tidemark::test
