#include "support/one_run.hpp"

#include <algorithm>

#include "run/run_directory.hpp"
#include "support/places.hpp"
#include "warden/kernel_counters.hpp"

namespace tidemark::test {

std::string warden_binary() {
    return test::binary_dir() + "/libexec/tidemark/tidemark-warden";
}

std::string known_program() {
    return test::binary_dir() + "/tests/programs/known-program";
}

std::string why_not(const std::string& method) {
    static const run::Abilities abilities = run::abilities(warden_binary());
    if (method == "cgroup" && !abilities.memory_limit.available) return abilities.memory_limit.explanation;
    if (method == "exit-stop" && !abilities.exit_stops.available) return abilities.exit_stops.explanation;
    return {};
}

bool counts_processes(const std::string& method) {
    static const run::Abilities abilities = run::abilities(warden_binary());
    return abilities.pids_limit.available ||
           (abilities.exit_stops.available && (method == "exit-stop" || method == "auto"));
}

std::int64_t single_process_width(int threads) {
    constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
    const auto counters = warden::KernelCounters::of_this_machine();
    return counters.below(threads) + counters.above(threads) + kMebibyte;
}

std::int64_t counted_too_much(int threads) {
    return warden::KernelCounters::of_this_machine().above(threads);
}

std::int64_t one_counter_too_little() {
    return warden::KernelCounters::of_this_machine().one_below(1);
}

std::int64_t doubt_of_older_kernels(int threads) {
    const auto counters = warden::KernelCounters::of_this_machine();
    return counters.below(threads) == counters.above(threads) ? 0 : counters.below(threads);
}

run::Record OneRun::make(const std::vector<std::string>& command) {
    return finish(start(command));
}

run::Record OneRun::known(std::vector<std::string> words) {
    words.insert(words.begin(), known_program());
    return make(words);
}

std::string OneRun::start(const std::vector<std::string>& command) {
    run::Launch launch;
    launch.request.run_id = "run" + std::to_string(++runs_);
    launch.request.command = command;
    launch.request.environment = environment;
    launch.request.working_directory = working_directory;
    launch.request.stdin_file = stdin_file;
    launch.request.limits = limits;
    launch.request.heap_layout = heap_layout;
    launch.request.repeat = repeat;
    launch.cpus = cpus;
    launch.directory = run::RunDirectory::create(folder.path(), launch.request).path();
    launcher_.start(launch);
    return launch.request.run_id;
}

run::Record OneRun::finish(const std::string& run_id) {
    bool ended = false;
    while (!ended) ended = std::ranges::count(launcher_.wait(Seconds{60}, -1), run_id) > 0;
    return run::read_record(run::RunDirectory(directory(run_id)));
}

std::string OneRun::out(const run::Record& record) const {
    return folder.read(record.request.run_id + "/stdout.log");
}

}  // namespace tidemark::test
