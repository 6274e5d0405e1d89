#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace tidemark {

/// The exit codes of every command. Relied on by scripts: never change a meaning.
enum class ExitCode {
    Success = 0,       ///< everything asked for was done and holds
    Failure = 1,       ///< a run failed or a check was broken
    Usage = 2,         ///< the command line or a config file is wrong; nothing was run
    CannotGoOn = 3,    ///< tidemark itself could not go on
    Undecided = 4,     ///< a check could not be decided
    Interrupted = 130  ///< what was finished is kept
};

/// "This command cannot go on". Thrown anywhere, caught once, in cli. The message is for the user and says
/// the way out. A failed run is not one of these: it is an Outcome.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    ExitCode code() const { return code_; }

  private:
    ExitCode code_;
};

/// The user's command line or file is wrong: exit 2.
class UsageError : public Error {
  public:
    explicit UsageError(const std::string& message) : Error(ExitCode::Usage, message) {}
    /// Several problems found in one go, one per line.
    explicit UsageError(const std::vector<std::string>& problems);
};

/// Disk full, database unreadable, a missing part of the installation: exit 3.
class CannotGoOn : public Error {
  public:
    explicit CannotGoOn(const std::string& message) : Error(ExitCode::CannotGoOn, message) {}
};

/// "No such file or directory" and the like, for an errno value.
std::string errno_text(int error);

}  // namespace tidemark
