#include "run/run_steps.hpp"

#include <system_error>

#include <fmt/format.h>

#include "base/regular_file.hpp"
#include "capture/earlier_files.hpp"
#include "run/left_files.hpp"
#include "run/left_running.hpp"
#include "run/record.hpp"
#include "run/run_directory.hpp"
#include "run/service.hpp"

namespace tidemark::run {
namespace {

/// A command around the program: with the run's parameters and environment, without its limits and whatever
/// else is there for the measurement.
Launch around(const Launch& program, const std::vector<std::string>& command,
              const std::filesystem::path& directory) {
    Launch step = program;
    step.directory = directory;
    step.request = step_request(program.request, command);
    return step;
}

/// What a setup, a service or a warm-up has written is not the program's own either.
void note_earlier_files(const Launch& program) {
    const auto earlier =
        capture::EarlierFiles::look(program.request.capture, program.request.working_directory);
    if (!earlier.empty())
        write_regular_file(RunDirectory(program.directory).earlier_files(), earlier.to_json_text());
}

}  // namespace

RunSteps::RunSteps(const Launch& program) : run_directory_(program.directory), request_(program.request) {
    Launch warmup = program;
    warmup.directory = RunDirectory(run_directory_).warmup();
    warmup.request.capture.clear();
    for (int i = 0; i < program.request.warmup; ++i) add_execution(warmup, Kind::WarmUp);
    add_execution(program, Kind::Program);
    enter();
    program_started_ = steps_.front().kind == Kind::Program;
}

void RunSteps::add_execution(const Launch& program, Kind kind) {
    const RunDirectory directory(program.directory);
    const protocol::Request& request = program.request;
    const std::size_t first = steps_.size();
    if (!request.setup.empty())
        steps_.push_back({Kind::Setup, around(program, request.setup, directory.setup())});
    // of the run's own directory also for a warm-up, whose own one is made when the service is there already
    if (request.service)
        steps_.push_back({Kind::Service, service_launch(program, RunDirectory(run_directory_).service())});
    steps_.push_back({kind, program});
    if (!request.teardown.empty())
        steps_.push_back({Kind::Teardown, around(program, request.teardown, directory.teardown())});
    steps_[first].begins_execution = true;
}

bool RunSteps::go_on() {
    const Kind ended = steps_[at_].kind;
    note_problem();
    const bool is_last_of_execution =
        ended == Kind::Teardown || (ended != Kind::Setup && steps_[at_].launch.request.teardown.empty());
    if (stopped_ || prevented_) {
        // a program that was started may have left something to tear down
        if (ended == Kind::Setup || is_last_of_execution) return false;
    }
    return move_to(at_ + 1);
}

bool RunSteps::go_on_from_service(const std::string& problem) {
    if (problem.empty() && !stopped_) return move_to(at_ + 1);
    if (!stopped_) prevent(fmt::format("its service failed: {}", problem));
    // what the setup made is torn down, though the program never was
    const bool has_teardown = !steps_[at_ + 1].launch.request.teardown.empty();
    return has_teardown && move_to(at_ + 2);
}

bool RunSteps::move_to(std::size_t next) {
    at_ = next;
    if (at_ == steps_.size()) return false;
    enter();
    program_started_ = program_started_ || steps_[at_].kind == Kind::Program;
    return true;
}

void RunSteps::prevent(const std::string& why) {
    make_run_directory();
    prevented_ = true;
    write_regular_file(RunDirectory(run_directory_).prevented(), why);
}

/// What goes wrong with the program itself is its outcome, and with a teardown a warning.
void RunSteps::note_problem() {
    const Step& ended = steps_[at_];
    if (program_started_ || prevented_ || stopped_) return;
    // a program whose service failed was ended for that
    if (ended.kind == Kind::WarmUp && ended.launch.request.service) {
        const ServiceEnd service = service_end(RunDirectory(run_directory_).service(), ended.launch.request);
        if (!service.failure.empty()) return prevent(fmt::format("its service failed: {}", service.failure));
    }
    const std::string problem = step_problem(ended.launch.directory, ended.launch.request);
    if (problem.empty()) return;
    if (ended.kind == Kind::Teardown) {
        make_run_directory();
        write_regular_file(RunDirectory(run_directory_).warmup_teardown(), problem);
        return;
    }
    prevent(fmt::format("its {} failed: {}", ended.kind == Kind::Setup ? "setup" : "warm-up", problem));
}

/// A step before may have removed it, or changed what is in it.
void RunSteps::make_run_directory() const {
    const RunDirectory own(run_directory_);
    std::error_code ignored;
    for (const auto& file : {own.stdout_log(), own.stderr_log(), own.events(), own.samples(),
                             own.measurement(), own.earlier_files()})
        std::filesystem::remove_all(file, ignored);
    RunDirectory::create_at(run_directory_, request_);
}

/// Makes the directory of the current step anew: each warm-up has the same one.
void RunSteps::enter() const {
    const Launch& launch = steps_[at_].launch;
    const std::filesystem::path warmup = RunDirectory(run_directory_).warmup();
    std::error_code ignored;
    const bool is_of_program =
        steps_[at_].kind == Kind::Program ||
        (launch.directory.parent_path() == run_directory_ && launch.directory != warmup);
    if (is_of_program) std::filesystem::remove_all(warmup, ignored);
    if (steps_[at_].begins_execution && !launch.run_dir.empty()) renew_run_dir(launch.run_dir);
    if (steps_[at_].kind == Kind::Program && at_ > 0) make_run_directory();
    if (steps_[at_].kind == Kind::Program) note_earlier_files(launch);
    if (launch.directory == run_directory_) return;
    std::filesystem::remove_all(launch.directory, ignored);
    RunDirectory::create_at(launch.directory, launch.request);
}

std::string make_lone_step(Launcher& launcher, Interruption& interruption,
                           const std::vector<std::string>& command,
                           const std::filesystem::path& working_directory,
                           const std::filesystem::path& directory, std::string* left) {
    constexpr Seconds kTick{0.2};
    Launch launch;
    launch.directory = directory;
    launch.request.run_id = directory.filename().string();
    launch.request.command = command;
    launch.request.working_directory = working_directory.string();
    RunDirectory::create_at(directory, launch.request);
    launcher.start(launch);
    for (int heeded = interruption.requests(); launcher.wait(kTick, interruption.descriptor()).empty();) {
        if (interruption.requests() == heeded) continue;
        interruption.drain();
        heeded = interruption.requests();
        launcher.cancel_all(heeded > 1);
    }
    std::string problem = step_problem(directory, launch.request);
    if (left != nullptr) *left = left_running(directory);
    std::error_code ignored;
    if (problem.empty()) std::filesystem::remove_all(directory, ignored);
    return problem;
}

}  // namespace tidemark::run
