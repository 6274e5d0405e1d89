#include "sweep/repository.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

constexpr int kNothingFound = 1;  // exit code of `git config --get-regexp`
constexpr std::string_view kChanged = "+";
constexpr std::string_view kCommitHeader = "# branch.oid ";
constexpr std::string_view kNoCommit = "(initial)";

/// What a repository may run, and does not: each is set on git's command line, which comes before its own
/// configuration. That it may belong to another user is allowed for this reason.
constexpr std::array<std::string_view, 7> kHarmless{
    "core.fsmonitor=false",   "core.hooksPath=/dev/null",     "core.pager=cat",
    "protocol.allow=never",   "safe.bareRepository=explicit", "safe.directory=*",
    "submodule.recurse=false"};

/// Nothing that a caller's variables could point git to, such as those that its own hooks have.
std::map<std::string, std::string> environment_of_git() {
    std::map<std::string, std::string> environment{{"GIT_OPTIONAL_LOCKS", "0"},  {"GIT_NO_LAZY_FETCH", "1"},
                                                   {"GIT_TERMINAL_PROMPT", "0"}, {"GIT_ALLOW_PROTOCOL", ""},
                                                   {"GIT_PAGER", "cat"},         {"LC_ALL", "C"}};
    for (const char* name : {"PATH", "HOME", "XDG_CONFIG_HOME", "LD_LIBRARY_PATH"}) {
        if (const char* value = std::getenv(name)) environment.emplace(name, value);
    }
    return environment;
}

/// Texts that each end with a NUL, each once.
std::vector<std::string> split_at_nul(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\0'), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::ranges::sort(parts);
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    return parts;
}

/// `fatal: not a git repository (or …)`, without the first word.
std::string first_line(std::string_view text) {
    constexpr std::string_view kFatal = "fatal: ";
    if (text.starts_with(kFatal)) text.remove_prefix(kFatal.size());
    return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

ProgramOutput Repository::ask(const std::vector<std::string>& words) const {
    ProgramCall call;
    call.words = {"git", "--no-pager", "-C", folder_.string()};
    for (const std::string_view option : kHarmless) {
        call.words.emplace_back("-c");
        call.words.emplace_back(option);
    }
    call.words.insert(call.words.end(), words.begin(), words.end());
    call.environment = environment_of_git();
    call.time_limit = time_limit_;
    return output_of(call);
}

/// For the end of a sentence; it begins with a subject.
std::string Repository::why_not(const ProgramOutput& answer) const {
    if (answer.start_error == ENOENT) return "there is no program git on the PATH";
    if (answer.start_error != 0) return fmt::format("git cannot be started: {}", answer.problem);
    if (!answer.problem.empty()) return "git " + answer.problem;
    if (answer.err.find("not a git repository") != std::string::npos)
        return fmt::format("{} lies in no git repository", folder_.string());
    return fmt::format("git says: {}", first_line(answer.err));
}

std::optional<std::vector<std::string>> Repository::tracked(std::string& problem) const {
    const ProgramOutput answer = ask({"ls-files", "--cached", "-z"});
    if (answer.exit_code == EXIT_SUCCESS) return split_at_nul(answer.out);
    problem = why_not(answer);
    return std::nullopt;
}

/// To know whether a file is as it was committed git runs the filters that the configuration names, such as
/// those of git-lfs. Options that take all of them away.
std::optional<std::vector<std::string>> Repository::options_without_filters(std::string& problem) const {
    const ProgramOutput answer =
        ask({"config", "--null", "--name-only", "--get-regexp", R"(^filter\..*\.(clean|process|required)$)"});
    if (answer.exit_code != EXIT_SUCCESS && answer.exit_code != kNothingFound) {
        problem = why_not(answer);
        return std::nullopt;
    }
    std::vector<std::string> options;
    for (const std::string& name : split_at_nul(answer.out)) {
        if (name.find('=') != std::string::npos) {
            problem = fmt::format("git cannot be told to leave the filter '{}' alone", name);
            return std::nullopt;
        }
        options.emplace_back("-c");
        options.push_back(name + (name.ends_with(".required") ? "=false" : "="));
    }
    return options;
}

std::optional<std::string> Repository::revision(std::string& problem) const {
    auto words = options_without_filters(problem);
    if (!words) return std::nullopt;
    for (const char* word : {"status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--no-renames",
                             "--untracked-files=no", "--ignore-submodules=dirty", "-z"})
        words->emplace_back(word);
    const ProgramOutput answer = ask(*words);
    if (answer.exit_code != EXIT_SUCCESS) {
        problem = why_not(answer);
        return std::nullopt;
    }
    std::string commit;
    bool is_changed = false;
    for (const std::string& line : split_at_nul(answer.out)) {
        if (line.starts_with(kCommitHeader)) commit = line.substr(kCommitHeader.size());
        is_changed |= !line.starts_with('#');
    }
    if (commit.empty() || commit == kNoCommit) {
        problem = "the repository has no commit yet";
        return std::nullopt;
    }
    return commit + std::string(is_changed ? kChanged : "");
}

}  // namespace tidemark::sweep
