#include "cluster/job_request.hpp"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidemark::cluster {
namespace {

constexpr double kSecondsPerMinute = 60;
/// For the steps around a program, which have no limits of their own.
constexpr double kStepsSeconds = 600;
/// From the start of a job until its run begins, and from the run's end until the job's: files of a network
/// are slow at times.
constexpr double kGraceSeconds = 60;
/// For what supervises a run within its job. On Debian 12 tidemark-node took 5.2 MiB and its warden 1.7
/// (VmHWM); the rest is for files that the kernel charges to the job until it takes them back.
constexpr std::int64_t kSupervisionMib = 64;
constexpr std::int64_t kBytesPerMib = 1 << 20;

void add_site(const sweep::SlurmOptions& options, std::vector<std::string>& words) {
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) words.push_back(fmt::format("--{}={}", name, value));
    };
    add("partition", options.partition);
    add("account", options.account);
    add("qos", options.qos);
    add("constraint", options.constraint);
    add("gpus", options.gpus);
    words.insert(words.end(), options.options.begin(), options.options.end());
}

/// In names of files a `%` begins a pattern.
std::string without_patterns(const std::string& path) {
    std::string out;
    for (const char character : path) out += character == '%' ? std::string("%%") : std::string(1, character);
    return out;
}

}  // namespace

Resources resources_of(const protocol::Request& request) {
    Resources wanted;
    const protocol::Limits& limits = request.limits;
    const bool has_steps = !request.setup.empty() || !request.teardown.empty() || request.service;
    if (limits.wall) {
        const double executions = 1.0 + request.warmup;
        const double seconds =
            executions * (limits.wall->value + (has_steps ? kStepsSeconds : 0)) + kGraceSeconds;
        wanted.minutes = static_cast<std::int64_t>(std::ceil(seconds / kSecondsPerMinute));
    }
    if (limits.memory)
        wanted.memory_mib = (limits.memory->value + kBytesPerMib - 1) / kBytesPerMib + kSupervisionMib;
    wanted.cpus = limits.cpus.value_or(0);
    return wanted;
}

std::vector<std::string> submission(const Batch& batch, const BatchPlan& plan, const Resources& resources,
                                    const sweep::SlurmOptions& options,
                                    const std::vector<std::string>& after) {
    const std::string folder = batch.folder().string();
    std::vector<std::string> words{"sbatch",
                                   "--parsable",
                                   "--no-requeue",
                                   "--export=ALL",
                                   "--nodes=1",
                                   "--ntasks=1",
                                   "--job-name=" + batch.name(),
                                   "--chdir=" + folder,
                                   "--output=" + without_patterns(folder) + "/job-%a.log",
                                   "--open-mode=append",
                                   fmt::format("--array=0-{}%{}", plan.tasks.size() - 1, plan.at_once)};
    if (resources.minutes)
        words.push_back(fmt::format("--time={}", *resources.minutes * options.runs_per_job));
    if (resources.memory_mib) words.push_back(fmt::format("--mem={}M", *resources.memory_mib));
    if (resources.cpus > 0) words.push_back(fmt::format("--cpus-per-task={}", resources.cpus));
    if (!after.empty()) words.push_back(fmt::format("--dependency=afterany:{}", fmt::join(after, ":")));
    add_site(options, words);
    words.push_back(batch.script().string());
    return words;
}

std::vector<std::string> trial_submission(const sweep::SlurmOptions& options) {
    std::vector<std::string> words{"sbatch", "--test-only", "--nodes=1", "--ntasks=1"};
    add_site(options, words);
    words.emplace_back("--wrap=true");
    return words;
}

}  // namespace tidemark::cluster
