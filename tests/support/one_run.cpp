#include "support/one_run.hpp"

#include <algorithm>

#include "run/run_directory.hpp"

namespace tidemark::test {

std::string warden_binary() {
    return TIDEMARK_BINARY_DIR "/libexec/tidemark/tidemark-warden";
}

std::string known_program() {
    return TIDEMARK_BINARY_DIR "/tests/programs/known-program";
}

std::string why_not(const std::string& method) {
    static const run::Abilities abilities = run::abilities(warden_binary());
    if (method == "cgroup" && !abilities.memory_limit.available) return abilities.memory_limit.explanation;
    if (method == "exit-stop" && !abilities.exit_stops.available) return abilities.exit_stops.explanation;
    return {};
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
