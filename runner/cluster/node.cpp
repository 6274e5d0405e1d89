#include "cluster/node.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/build_info.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/regular_file.hpp"
#include "cluster/program_digest.hpp"
#include "run/cpu_slots.hpp"
#include "run/local_launcher.hpp"
#include "run/machine.hpp"
#include "run/made_elsewhere.hpp"
#include "run/run_directory.hpp"

namespace tidemark::cluster {
namespace {

constexpr Seconds kTick{0.2};
constexpr Seconds kServiceTick{0.02};
/// How often a node says that it is alive. Runners wait for several of these.
constexpr double kSignOfLifeSeconds = 5;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string boot_id() {
    std::string id = read_file("/proc/sys/kernel/random/boot_id").value_or("");
    while (!id.empty() && id.back() == '\n') id.pop_back();
    return id;
}

run::NodeFacts facts_of_this_node() {
    run::NodeFacts facts = run::describe_machine();
    facts.emplace_back("boot", boot_id());
    facts.emplace_back("affinity", fmt::format("{}", fmt::join(run::usable_cpus(), ",")));
    facts.emplace_back("node", variable("SLURMD_NODENAME"));
    facts.emplace_back("partition", variable("SLURM_JOB_PARTITION"));
    facts.emplace_back("job",
                       fmt::format("{}_{}", variable("SLURM_ARRAY_JOB_ID"), variable("SLURM_ARRAY_TASK_ID")));
    facts.emplace_back("tidemark", std::string(version()));
    facts.emplace_back("tidemark_commit", std::string(commit()));
    return facts;
}

/// Why the run must not be made here; empty: it may. What is measured of another program than the one that
/// the runner knows would be stored as this one's.
std::string obstacle(const BatchRun& known, const protocol::Request& request, const run::Abilities& abilities,
                     const std::string& method) {
    const std::string host = variable("SLURMD_NODENAME");
    if (!known.digest.empty()) {
        const ProgramHere here = program_of(request);
        if (here.file.empty())
            return fmt::format("there is no program {} on the node {}", known.program, host);
        if (here.digest != known.digest)
            return fmt::format("{} on the node {} is another program than {} was where the sweep was started",
                               here.file, host, known.program);
    }
    if (method == "cgroup" && !abilities.memory_limit.available)
        return fmt::format("--memory-method cgroup cannot be had on the node {}: {}", host,
                           abilities.memory_limit.explanation);
    if (method == "exit-stop" && !abilities.exit_stops.available)
        return fmt::format("--memory-method exit-stop cannot be had on the node {}: {}", host,
                           abilities.exit_stops.explanation);
    if (request.limits.enforcement == protocol::Enforcement::BestEffort) return {};
    const auto problems = run::unenforceable(request.limits, abilities);
    if (problems.empty()) return {};
    return fmt::format("limits.{} cannot be enforced on the node {}: {}", problems.front().first, host,
                       problems.front().second);
}

protocol::Request read_request(const run::RunDirectory& directory) {
    const auto text = read_file(directory.request());
    if (!text)
        throw CannotGoOn(fmt::format("cannot read {}: {}", directory.request().string(), errno_text(errno)));
    return protocol::request_from_json_text(*text);
}

}  // namespace

Node::Node(Batch batch, std::filesystem::path warden, Interruption& interruption)
    : batch_(std::move(batch)), warden_(std::move(warden)), interruption_(interruption) {}

void Node::make(std::size_t task) {
    const BatchPlan plan = batch_.plan();
    if (task >= plan.tasks.size())
        throw CannotGoOn(fmt::format("{} has no task {}", batch_.folder().string(), task));
    for (const BatchRun& run : plan.tasks[task]) {
        if (interruption_.requests() > 0) return;  // the job is being ended: the rest is not begun
        std::string problem;
        switch (batch_.begin(run.run_id(), &problem)) {
            case Batch::Beginning::Ours:
                make_run(run, plan.memory_method);
                break;
            case Batch::Beginning::OfAnother:
                fmt::print(stderr, "{} was begun before, or withdrawn\n", run.run_id());
                break;
            case Batch::Beginning::Impossible:
                throw CannotGoOn(problem);
        }
    }
}

void Node::make_run(const BatchRun& known, const std::string& memory_method) {
    const run::RunDirectory directory(known.directory);
    show_life(known.run_id());
    run::Launch launch{read_request(directory), known.directory, {}, directory.run_dir()};
    run::write_node_facts(directory, facts_of_this_node());
    const std::string why = obstacle(known, launch.request, run::abilities(warden_), memory_method);
    if (!why.empty()) {
        write_regular_file(directory.prevented(), why);
    } else {
        run::CpuSlots cpus(run::usable_cpus());
        if (launch.request.limits.cpus) launch.cpus = cpus.take(*launch.request.limits.cpus);
        run::LocalLauncher launcher(warden_, memory_method);
        supervise(launcher, launch);
    }
    batch_.note_ended(known.run_id(), interruption_.requests() > 0);
}

void Node::supervise(run::Launcher& launcher, const run::Launch& launch) {
    run::RunInProgress run(launcher, launch);
    for (bool has_ended = false; !has_ended;) {
        heed(launcher, run);
        const Seconds tick = run.waits_for_service() ? kServiceTick : kTick;
        for (const std::string& run_id : launcher.wait(tick, interruption_.descriptor()))
            has_ended = has_ended || (run.owns(run_id) && run.take_in(run_id));
        has_ended = has_ended || run.look();
        show_life(launch.request.run_id);
    }
}

void Node::heed(run::Launcher& launcher, run::RunInProgress& run) {
    const int requests = interruption_.requests();
    if (requests == heeded_) return;
    interruption_.drain();
    heeded_ = requests;
    run.stop();
    launcher.cancel_all(false);
}

void Node::show_life(const std::string& run_id) {
    const double now = monotonic_now().value;
    if (signs_of_life_ > 0 && now - last_sign_ < kSignOfLifeSeconds) return;
    last_sign_ = now;
    batch_.note_life(run_id, ++signs_of_life_);
}

}  // namespace tidemark::cluster
