#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace tidemark::cluster {

/// What a command of Slurm's said when it ended.
struct Said {
    int exit_code = 0;
    bool took_too_long = false;  ///< and was killed for it
    std::string out;
    std::string err;
    bool went_well() const { return exit_code == 0 && !took_too_long; }
};

/// A command of Slurm's, which may take as long as its controller is silent: it is started, and asked later.
/// It sees none of the variables by which Slurm's commands take options, but for where the cluster is.
class Command {
  public:
    /// Throws UsageError where there is no such program.
    Command(const std::vector<std::string>& words, Seconds longest);
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    ~Command();  ///< kills it where it is still at work

    /// Readable when it has ended.
    int descriptor() const;
    /// Nothing while it is at work.
    std::optional<Said> ended();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Waits for one; for before there is anything else to do.
Said said_by(const std::vector<std::string>& words, Seconds longest);

}  // namespace tidemark::cluster
