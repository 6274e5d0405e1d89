#include "run/plugin_description.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>

#include <sys/wait.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/error.hpp"

namespace tidemark::run {
namespace {

namespace process = boost::process;

std::string all_of(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string all_of(std::FILE* file) {
    std::string text;
    std::array<char, 4096> piece{};
    std::rewind(file);
    while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file))
        text.append(piece.data(), size);
    return text;
}

std::string last_line_of(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text.substr(text.find_last_of('\n') + 1);
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) return fmt::format("was ended by {}", strsignal(WTERMSIG(status)));
    return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace

protocol::WorkloadDescription describe_with_plugins(const protocol::WorkloadDescription& workload,
                                                    const std::vector<std::filesystem::path>& plugins) {
    std::vector<std::string> arguments{"--describe"};
    for (const std::filesystem::path& plugin : plugins) {
        arguments.emplace_back("--plugin");
        arguments.push_back(plugin.string());
    }
    std::error_code error;
    process::ipstream out;
    // a file, which never fills up as a pipe does that nobody reads yet
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> err(std::tmpfile(), std::fclose);
    if (!err) throw CannotGoOn(fmt::format("cannot make a temporary file: {}", errno_text(errno)));
    process::child child(process::exe = workload.program, process::args = arguments,
                         process::std_in<process::null, process::std_out> out, process::std_err > err.get(),
                         error);
    if (error)
        throw UsageError(fmt::format("cannot ask the workload '{}': {}", workload.workload, error.message()));
    const std::string said = all_of(out);
    child.wait(error);
    const std::string complaint = last_line_of(all_of(err.get()));
    if (child.native_exit_code() != 0) {
        const std::string end = how_it_ended(child.native_exit_code());
        throw UsageError(complaint.empty()
                             ? fmt::format("the workload '{}' {} as it loaded them", workload.workload, end)
                             : complaint);
    }
    try {
        protocol::WorkloadDescription described = protocol::description_from_json(parse_json(said));
        described.program = workload.program;
        return described;
    } catch (const std::exception& problem) {
        throw UsageError(fmt::format("what the workload '{}' says with them is no description ({})",
                                     workload.workload, problem.what()));
    }
}

}  // namespace tidemark::run
