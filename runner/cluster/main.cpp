// tidemark-node: what a job of a cluster does for a runner elsewhere.
#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "base/error.hpp"
#include "cluster/node.hpp"
#include "terminal/signals.hpp"

namespace {

constexpr const char* kTaskVariable = "SLURM_ARRAY_TASK_ID";

std::size_t task_of_this_job() {
    const char* text = std::getenv(kTaskVariable);
    const std::string_view number = text != nullptr ? text : "";
    std::size_t task = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), task);
    if (number.empty() || read.ec != std::errc() || read.ptr != number.data() + number.size())
        throw tidemark::UsageError(
            fmt::format("{} is no number of a task; jobs of Slurm start this program, `tidemark run FILE "
                        "--on slurm` makes them",
                        kTaskVariable));
    return task;
}

int make_runs(int count, char** words) {
    constexpr int kWords = 2;
    if (count != kWords)
        throw tidemark::UsageError(
            "usage: tidemark-node BATCH; jobs of Slurm start this program, "
            "`tidemark run FILE --on slurm` makes them");
    const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe");
    tidemark::terminal::SignalInterruption interruption;
    tidemark::cluster::Node node(tidemark::cluster::Batch(words[1]), own.parent_path() / "tidemark-warden",
                                 interruption);
    node.make(task_of_this_job());
    return 0;
}

}  // namespace

int main(int count, char** words) {
    try {
        return make_runs(count, words);
    } catch (const tidemark::Error& error) {
        fmt::print(stderr, "tidemark-node: {}\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        fmt::print(stderr, "tidemark-node: {}\n", error.what());
        return static_cast<int>(tidemark::ExitCode::CannotGoOn);
    }
}
