#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// Whether the command, found as execvp finds it, is a program that gives rights by itself: set-user-ID or
/// set-group-ID of another than this process, or with file capabilities (capabilities(7)). The kernel gives
/// none of them to a program that is traced by a process without CAP_SYS_PTRACE, and does not say so.
bool gives_rights_that_tracing_takes(const char* command);

/// The programs deeper in a traced tree that got no rights for that reason.
class LostRights {
  public:
    /// A traced process has executed a program, and has not run yet.
    void look_at(pid_t process);

    const std::vector<std::string>& programs() const { return programs_; }  ///< paths, each once

  private:
    std::vector<std::string> programs_;
};

}  // namespace tidemark::warden
