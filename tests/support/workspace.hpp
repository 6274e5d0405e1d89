#pragma once

#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tidemark::test {

/// What a finished command said. A negative exit code is a signal's number.
struct Finished {
    int exit_code = 0;
    std::string out;
    std::string err;
};

/// How a command is started.
struct StartOptions {
    std::map<std::string, std::string>
        environment;             ///< on top of the caller's; an empty value removes the variable
    bool ignore_hangup = false;  ///< as nohup does
    bool close_stderr = false;
};

/// A command that is still running. Killed with its group if it is still alive at the end.
class Started {
  public:
    Started(pid_t pid, std::filesystem::path out, std::filesystem::path err);
    Started(Started&& other) noexcept;
    Started& operator=(Started&&) = delete;
    ~Started();

    pid_t pid() const { return pid_; }
    void signal(int number) const { kill(pid_, number); }
    Finished wait();
    std::string err() const;  ///< what it has written so far
    std::string out() const;

  private:
    pid_t pid_;
    std::filesystem::path out_;
    std::filesystem::path err_;
};

/// A folder of its own for one test, removed at its end, in which commands are run.
class Workspace {
  public:
    Workspace();
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    ~Workspace();

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

    void write(const std::string& name, const std::string& content) const;
    void write_script(const std::string& name, const std::string& content) const;  ///< with the run bit
    std::string read(const std::string& name) const;

    Started start(const std::vector<std::string>& command, const StartOptions& options = {});
    Finished run(const std::vector<std::string>& command, const StartOptions& options = {});

    /// The built `tidemark` with these arguments.
    Finished tidemark(std::vector<std::string> arguments, const StartOptions& options = {});
    Started start_tidemark(std::vector<std::string> arguments, const StartOptions& options = {});

  private:
    std::filesystem::path path_;
    int commands_ = 0;
};

/// Waits up to a minute, which only a failing test needs.
bool eventually(const std::function<bool()>& holds);

bool is_running(pid_t pid);  ///< and is no zombie

bool has_program(const std::string& name);  ///< on the PATH

/// Skips the test, and says why, where a program that it starts is not installed.
#define TIDEMARK_NEEDS_PROGRAM(name) \
    if (!tidemark::test::has_program(name)) GTEST_SKIP() << "needs " << (name)

bool has_trainer();  ///< whether tidemark-train is part of this build

#define TIDEMARK_NEEDS_TRAINER()        \
    if (!tidemark::test::has_trainer()) \
    GTEST_SKIP() << "needs tidemark-train (this build has TIDEMARK_TRAINER=OFF)"

std::string tidemark_binary();

}  // namespace tidemark::test
