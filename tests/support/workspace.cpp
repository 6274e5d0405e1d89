#include "support/workspace.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/places.hpp"

namespace tidemark::test {
namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ostringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    return content.str();
}

[[noreturn]] void become(const std::vector<std::string>& command, const std::filesystem::path& folder,
                         const std::filesystem::path& out, const std::filesystem::path& err,
                         const StartOptions& options) {
    setpgid(0, 0);
    if (chdir(folder.c_str()) != 0) _exit(126);
    for (const char* name :
         {"TIDEMARK_PROJECT", "TIDEMARK_COMMAND", "TIDEMARK_REQUEST", "TIDEMARK_EVENTS", "NO_COLOR"}) {
        unsetenv(name);
    }
    // which are part of what a run is, wherever the tests are run
    for (const char* const prefix : {"OPENBLAS_", "OMP_", "GOMP_", "KMP_", "MKL_", "MALLOC_"}) {
        std::vector<std::string> names;
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string text(*entry);
            if (text.starts_with(prefix)) names.push_back(text.substr(0, text.find('=')));
        }
        for (const std::string& name : names) unsetenv(name.c_str());
    }
    for (const char* name : {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH", "PYTHONHASHSEED",
                             "OMP_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES"}) {
        unsetenv(name);
    }
    // what tidemark keeps for a user shall not outlive the test
    setenv("XDG_STATE_HOME", (folder / ".state").c_str(), 1);
    for (const auto& [name, value] : options.environment) {
        if (value.empty())
            unsetenv(name.c_str());
        else
            setenv(name.c_str(), value.c_str(), 1);
    }
    if (options.ignore_hangup) std::signal(SIGHUP, SIG_IGN);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
    if (options.close_stderr) close(STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments.front(), arguments.data());
    _exit(127);
}

}  // namespace

Started::Started(pid_t pid, std::filesystem::path out, std::filesystem::path err)
    : pid_(pid), out_(std::move(out)), err_(std::move(err)) {}

Started::Started(Started&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), out_(std::move(other.out_)), err_(std::move(other.err_)) {}

Started::~Started() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

Finished Started::wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), content_of(out_), content_of(err_)};
}

std::string Started::err() const {
    return content_of(err_);
}

std::string Started::out() const {
    return content_of(out_);
}

Workspace::Workspace() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tidemark-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
}

Workspace::~Workspace() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

void Workspace::write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
}

void Workspace::write_script(const std::string& name, const std::string& content) const {
    write(name, content);
    std::filesystem::permissions(path_ / name, std::filesystem::perms::owner_all);
}

std::string Workspace::read(const std::string& name) const {
    return content_of(path_ / name);
}

Started Workspace::start(const std::vector<std::string>& command, const StartOptions& options) {
    // what a command says lies beside the folder's own files, hidden, so that it is removed with them
    const std::string number = std::to_string(++commands_);
    const std::filesystem::path out = path_ / (".out." + number);
    const std::filesystem::path err = path_ / (".err." + number);
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid == 0) become(command, path_, out, err, options);
    return Started(pid, out, err);
}

Finished Workspace::run(const std::vector<std::string>& command, const StartOptions& options) {
    return start(command, options).wait();
}

Finished Workspace::tidemark(std::vector<std::string> arguments, const StartOptions& options) {
    return start_tidemark(std::move(arguments), options).wait();
}

Started Workspace::start_tidemark(std::vector<std::string> arguments, const StartOptions& options) {
    StartOptions own = options;
    // results of a sweep of this project would be kept in it, for all tests at once
    const bool is_of_the_project = std::ranges::any_of(
        arguments, [](const std::string& word) { return word.starts_with(test::source_dir() + "/"); });
    if (is_of_the_project) own.environment.emplace("TIDEMARK_DB", (path() / "results/tidemark.db").string());
    arguments.insert(arguments.begin(), tidemark_binary());
    return start(arguments, own);
}

bool eventually(const std::function<bool()>& holds) {
    using namespace std::chrono_literals;
    for (int attempt = 0; attempt < 6000; ++attempt) {
        if (holds()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

bool is_running(pid_t pid) {
    const std::string stat = content_of("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t name_end = stat.rfind(')');
    return name_end != std::string::npos && stat.substr(name_end + 2, 1) != "Z";
}

bool has_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (access((folder + "/" + name).c_str(), X_OK) == 0) return true;
    return false;
}

bool has_trainer() {
    return std::filesystem::exists(test::binary_dir() + "/share/tidemark/workloads/train.json");
}

std::string tidemark_binary() {
    return test::binary_dir() + "/bin/tidemark";
}

}  // namespace tidemark::test
