#include "run/service.hpp"

#include <algorithm>
#include <deque>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "run/record.hpp"
#include "run/run_directory.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::run {
namespace {

constexpr std::size_t kLastLines = 3;
constexpr std::size_t kTail = 4096;

std::string last_lines_of(const std::filesystem::path& log) {
    const std::string tail = read_tail(log, kTail);
    std::deque<std::string> lines;
    for (std::size_t at = 0; at < tail.size();) {
        const std::size_t end = std::min(tail.find('\n', at), tail.size());
        const std::string line = tail.substr(at, end - at);
        at = end + 1;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        lines.push_back(line);
        if (lines.size() > kLastLines) lines.pop_front();
    }
    return terminal::shortened(terminal::visible(fmt::format("{}", fmt::join(lines, " | "))),
                               kLongestLastWords);
}

}  // namespace

Launch service_launch(const Launch& program, const std::filesystem::path& directory) {
    Launch launch = program;
    launch.directory = directory;
    launch.request = step_request(program.request, program.request.service->command);
    launch.request.run_id += "-service";
    launch.cpus.clear();  // those are the program's alone
    return launch;
}

Launch service_check_launch(const Launch& service, const std::vector<std::string>& check) {
    Launch launch = service;
    launch.directory = RunDirectory(service.directory.parent_path()).service_check();
    launch.request.command = check;
    launch.request.run_id += "-check";
    return launch;
}

std::string last_lines(const std::filesystem::path& directory) {
    const RunDirectory own(directory);
    const std::string told = last_lines_of(own.stderr_log());
    return told.empty() ? last_lines_of(own.stdout_log()) : told;
}

ServiceEnd service_end(const std::filesystem::path& directory, const protocol::Request& program) {
    const RunDirectory own(directory);
    const protocol::Request request = step_request(program, program.service->command);
    const Record record = read_record(own, request);
    const auto status = status_of(record.outcome);
    if (status == protocol::Status::Cancelled) return {};
    if (status == protocol::Status::Ok)
        return {{}, "its service ended by itself, with exit code 0, before it was asked to"};
    const std::string words = last_lines(directory);
    return {words.empty() ? reason(record.outcome) : fmt::format("{}: {}", reason(record.outcome), words),
            {}};
}

}  // namespace tidemark::run
