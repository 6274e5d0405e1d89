#include "warden/process_status.hpp"

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr std::int64_t kKibibyte = 1024;

/// What follows `NAME:` at the beginning of a line.
const char* behind(const std::string& text, std::string_view name) {
    const std::size_t line = text.find(name);
    return line == std::string::npos ? nullptr : text.c_str() + line + name.size();
}

std::int64_t bytes_in(const std::string& text, std::string_view name) {
    const char* value = behind(text, name);
    return value == nullptr ? 0 : std::atoll(value) * kKibibyte;
}

bool ignores_children_in(const std::string& text) {
    const char* ignored = behind(text, "\nSigIgn:");
    return ignored != nullptr && (std::strtoull(ignored, nullptr, 16) & (1ULL << (SIGCHLD - 1))) != 0;
}

std::string status_text(pid_t thread) {
    return read_small_file("/proc/" + std::to_string(thread) + "/status");
}

}  // namespace

std::optional<ProcessStatus> status_in(const std::string& text) {
    if (behind(text, "\nVmRSS:") == nullptr) return std::nullopt;
    ProcessStatus status;
    if (const char* process = behind(text, "\nTgid:")) status.process = std::atoi(process);
    if (const char* threads = behind(text, "\nThreads:")) status.threads = std::atoi(threads);
    status.ignores_children = ignores_children_in(text);
    status.virtual_size = bytes_in(text, "\nVmSize:");
    status.high_water_mark = bytes_in(text, "\nVmHWM:");
    status.resident = bytes_in(text, "\nVmRSS:");
    status.anonymous = bytes_in(text, "\nRssAnon:");
    status.file = bytes_in(text, "\nRssFile:");
    status.shared = bytes_in(text, "\nRssShmem:");
    status.swap = bytes_in(text, "\nVmSwap:");
    status.huge_pages = bytes_in(text, "\nHugetlbPages:");
    return status;
}

std::optional<ProcessStatus> process_status(pid_t thread) {
    return status_in(status_text(thread));
}

bool ignores_children(pid_t process) {
    return ignores_children_in(status_text(process));
}

pid_t process_of(pid_t thread) {
    const std::string text = status_text(thread);
    const char* process = behind(text, "\nTgid:");
    return process == nullptr ? 0 : std::atoi(process);
}

}  // namespace tidemark::warden
