#include "run/plugin_description.hpp"

#include <cstring>
#include <iterator>

#include <sys/wait.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace tidemark::run {
namespace {

namespace process = boost::process;

std::string all_of(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), {}};
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
    process::ipstream out, err;
    process::child child(process::exe = workload.program, process::args = arguments,
                         process::std_in<process::null, process::std_out> out, process::std_err > err, error);
    if (error)
        throw UsageError(fmt::format("cannot ask the workload '{}': {}", workload.workload, error.message()));
    const std::string said = all_of(out);  // what it says on stderr is a line or two, which its pipe holds
    const std::string complaint = last_line_of(all_of(err));
    child.wait(error);
    if (child.native_exit_code() != 0) {
        const std::string end = how_it_ended(child.native_exit_code());
        throw UsageError(complaint.empty()
                             ? fmt::format("the workload '{}' {} as it loaded them", workload.workload, end)
                             : complaint);
    }
    try {
        protocol::WorkloadDescription described =
            protocol::description_from_json(nlohmann::json::parse(said));
        described.program = workload.program;
        return described;
    } catch (const std::exception& problem) {
        throw UsageError(fmt::format("what the workload '{}' says with them is no description ({})",
                                     workload.workload, problem.what()));
    }
}

}  // namespace tidemark::run
