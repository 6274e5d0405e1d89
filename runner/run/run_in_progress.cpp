#include "run/run_in_progress.hpp"

#include "run/run_directory.hpp"
#include "run/service.hpp"

namespace tidemark::run {

RunInProgress::RunInProgress(Launcher& launcher, Launch launch, StepsBy steps)
    : launcher_(launcher), launch_(std::move(launch)) {
    if (steps == StepsBy::Launcher) {
        launcher_.start(launch_);
    } else {
        steps_.emplace(launch_);
        start_step();
    }
}

RunInProgress RunInProgress::of_another_runner(Launcher& launcher, Launch launch) {
    return {launcher, std::move(launch), AtWork{}};
}

void RunInProgress::start_step() {
    if (steps_->at_service())
        service_.emplace(launcher_, steps_->current(), *launch_.request.service);
    else
        launcher_.start(steps_->current());
}

bool RunInProgress::owns(const std::string& run_id) const {
    return run_id == launch_.request.run_id || (service_ && service_->owns(run_id));
}

bool RunInProgress::take_in(const std::string& run_id) {
    if (run_id != launch_.request.run_id) return take_in_service(run_id);
    if (!steps_) return true;
    if (!service_ || service_->has_ended()) return !go_on();
    program_has_ended_ = true;
    service_->stop();
    return false;
}

bool RunInProgress::take_in_service(const std::string& run_id) {
    service_->note_end(run_id);
    if (!service_->has_ended() || steps_->at_service()) return false;  // look() goes on from there
    if (program_has_ended_) return !go_on();
    const std::filesystem::path directory = RunDirectory(launch_.directory).service();
    // without it the program might wait forever
    if (!service_end(directory, launch_.request).failure.empty()) launcher_.cancel(launch_.request.run_id);
    return false;
}

bool RunInProgress::go_on() {
    program_has_ended_ = false;
    service_.reset();
    if (!steps_->go_on()) return false;
    start_step();
    return true;
}

bool RunInProgress::look() {
    if (!waits_for_service()) return false;
    service_->look();
    const bool has_ended = service_->has_ended();
    if (!has_ended && !service_->is_ready()) return false;
    const bool goes_on = steps_->go_on_from_service(has_ended ? service_->problem() : std::string());
    if (has_ended) service_.reset();
    if (goes_on) start_step();
    return !goes_on;
}

void RunInProgress::stop() {
    if (steps_) steps_->stop();
    if (service_) service_->stop();
}

}  // namespace tidemark::run
