#include "cluster/slurm_launcher.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <map>

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "cluster/array_job.hpp"
#include "cluster/command.hpp"
#include "cluster/program_digest.hpp"
#include "cluster/queued_runs.hpp"
#include "terminal/shell_words.hpp"

namespace tidemark::cluster {
namespace {

constexpr Seconds kLongestCommand{60};
/// How often the folders of batches are listed.
constexpr double kListingSeconds = 0.5;
/// How often squeue is asked: where a run waits for its word, and else.
constexpr double kUrgentSeconds = 2;
constexpr double kCalmSeconds = 10;
/// How often others are told that a runner waits.
constexpr double kRunnerSeconds = 15;
/// How long a job that may have been taken is looked for: an answer right after a silence may be older than
/// what still lies at the controller's door.
constexpr double kSettleSeconds = 12;
constexpr double kFirstDelay = 2;
constexpr double kLongestDelay = 60;

/// The first line of several, for one line of a message.
std::string one_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// The largest number of a task is one less.
std::size_t largest_array_of_cluster() {
    const Said said = said_by({"scontrol", "show", "config"}, kLongestCommand);
    if (!said.went_well())
        throw CannotGoOn(fmt::format("Slurm does not answer: scontrol: {}", one_line(said.err)));
    constexpr std::string_view kName = "MaxArraySize";
    const std::size_t at = said.out.find(kName);
    std::size_t largest = 1;
    if (at == std::string::npos) return largest;
    const std::size_t number = said.out.find_first_of("0123456789", at);
    if (number != std::string::npos)
        std::from_chars(said.out.data() + number, said.out.data() + said.out.size(), largest);
    return std::max<std::size_t>(largest, 1);
}

void require_acceptable(const sweep::SlurmOptions& options) {
    const Said said = said_by(trial_submission(options), kLongestCommand);
    if (said.went_well()) return;
    const std::string what = one_line(said.err);
    switch (submission_by(said.exit_code, said.took_too_long, said.err)) {
        case Submission::Taken:
        case Submission::Later:
            return;
        case Submission::Unsure:
            throw CannotGoOn(fmt::format("Slurm does not answer: {}", what));
        case Submission::Refused:
            throw UsageError(
                fmt::format("Slurm refuses such jobs: {}\n  the section `slurm` of the sweep file "
                            "says what it is told of them (partition, account, qos, …)",
                            what));
    }
}

}  // namespace

SlurmSite SlurmSite::look(const sweep::SlurmOptions& options) {
    SlurmSite site{largest_array_of_cluster()};
    require_acceptable(options);
    return site;
}

struct SlurmLauncher::State {
    explicit State(SlurmLauncherOptions given) : options(std::move(given)) {}

    SlurmLauncherOptions options;
    std::vector<run::Launch> unsorted{};       ///< started, and in no batch yet
    std::map<std::string, ArrayJob> arrays{};  ///< by name
    QueuedRuns runs{};
    QueueWord word{};
    std::map<std::string, ProgramHere> programs{};

    enum class Doing { Submitting, Looking, Cancelling };
    std::unique_ptr<Command> command{};
    Doing doing = Doing::Looking;
    std::string subject{};  ///< the array that it is about
    Seconds asked{0};       ///< when the command was started
    std::deque<std::string> to_cancel{};
    Seconds next_look{0};
    Seconds next_listing{0};
    Seconds next_note{0};
    std::string silence{};  ///< what squeue said where it did not answer

    void make_arrays();
    void make_array(const Resources& resources, const std::vector<run::Launch>& launches);
    BatchRun batch_run(const run::Launch& launch);
    void go_on_with_commands();
    void take(const Said& said);
    void take_submission(const Said& said);
    void take_look(const Said& said);
    bool start_cancelling();
    bool start_submitting();
    bool start_looking();
    void start_command(Doing what, std::string about, const std::vector<std::string>& words);
    int at_work() const;
    std::vector<std::string> numbers() const;
    void look_for_unsure(ArrayJob& array);
    void list_folders();
    std::vector<std::string> take_ended();
    void remove_ended_arrays();
    void finish_cancelling();
};

SlurmLauncher::SlurmLauncher(SlurmLauncherOptions options)
    : state_(std::make_unique<State>(std::move(options))) {
    if (access(state_->options.node_program.c_str(), X_OK) != 0)
        throw CannotGoOn(
            fmt::format("{} is missing or not executable; the installation is incomplete, build it again",
                        state_->options.node_program.string()));
}

SlurmLauncher::~SlurmLauncher() {
    state_->finish_cancelling();
}

void SlurmLauncher::start(const run::Launch& launch) {
    state_->unsorted.push_back(launch);
}

void SlurmLauncher::adopt(const run::Launch& launch) {
    const auto batch = Batch::of_run(launch.directory);
    if (!batch) return start(launch);
    auto known = state_->arrays.find(batch->name());
    if (known == state_->arrays.end()) {
        const auto number = batch->submitted();
        ArrayJob array{*batch, batch->plan(), resources_of(launch.request)};
        array.state = number ? ArrayJob::State::Submitted : ArrayJob::State::Unsure;
        array.number = number.value_or("");
        array.submitted = monotonic_now();
        batch->note_runner();
        known = state_->arrays.emplace(batch->name(), std::move(array)).first;
    }
    const auto& tasks = known->second.plan.tasks;
    for (std::size_t task = 0; task < tasks.size(); ++task) {
        for (const BatchRun& run : tasks[task])
            if (run.run_id() == launch.request.run_id) state_->runs.add(launch, batch->name(), task);
    }
}

std::vector<std::string> SlurmLauncher::wait(Seconds timeout, int wake_descriptor) {
    constexpr double kMillisecondsPerSecond = 1000;
    state_->make_arrays();
    state_->go_on_with_commands();
    state_->list_folders();
    std::vector<std::string> ended = state_->take_ended();
    if (!ended.empty()) return ended;
    std::vector<pollfd> sources;
    if (state_->command) sources.push_back({state_->command->descriptor(), POLLIN, 0});
    if (wake_descriptor >= 0) sources.push_back({wake_descriptor, POLLIN, 0});
    poll(sources.data(), sources.size(), static_cast<int>(std::ceil(timeout.value * kMillisecondsPerSecond)));
    return {};
}

void SlurmLauncher::cancel(const std::string&) {
    // a run that must end for what becomes of its service is ended by its node
}

void SlurmLauncher::cancel_all(bool) {
    state_->make_arrays();
    state_->runs.cancel();
    for (auto& [name, array] : state_->arrays) {
        if (!array.is_cancelled && array.state != ArrayJob::State::ToSubmit)
            state_->to_cancel.push_back(name);
        array.is_cancelled = true;
    }
}

std::vector<std::string> SlurmLauncher::begun() {
    return state_->runs.newly_begun();
}

std::string SlurmLauncher::text() const {
    std::string text = state_->runs.text(state_->arrays, state_->word);
    const auto add = [&](const std::string& more) { text += (text.empty() ? "" : " · ") + more; };
    for (const auto& [name, array] : state_->arrays) {
        if (!array.problem.empty() && array.state != ArrayJob::State::Refused && !array.is_with_slurm())
            add(array.problem);
    }
    if (!state_->silence.empty()) add("Slurm does not answer: " + state_->silence);
    return text;
}

bool SlurmLauncher::has_all() const {
    return state_->unsorted.empty() && std::ranges::all_of(state_->arrays, [](const auto& array) {
               return array.second.is_with_slurm();
           });
}

void SlurmLauncher::leave() {
    for (const auto& [name, array] : state_->arrays) array.batch.forget_runner();
}

void SlurmLauncher::State::make_arrays() {
    std::map<Resources, std::vector<run::Launch>> alike;
    for (run::Launch& launch : unsorted) alike[resources_of(launch.request)].push_back(std::move(launch));
    unsorted.clear();
    const auto most = options.site.largest_array * static_cast<std::size_t>(options.told.runs_per_job);
    for (const auto& [resources, launches] : alike) {
        for (std::size_t at = 0; at < launches.size(); at += most) {
            const auto from = launches.begin() + static_cast<std::ptrdiff_t>(at);
            const auto count = static_cast<std::ptrdiff_t>(std::min(most, launches.size() - at));
            make_array(resources, {from, from + count});
        }
    }
}

void SlurmLauncher::State::make_array(const Resources& resources, const std::vector<run::Launch>& launches) {
    BatchPlan plan{options.memory_method};
    for (std::size_t i = 0; i < launches.size(); ++i) {
        if (i % static_cast<std::size_t>(options.told.runs_per_job) == 0) plan.tasks.emplace_back();
        plan.tasks.back().push_back(batch_run(launches[i]));
    }
    plan.at_once = std::min(options.at_once, static_cast<int>(plan.tasks.size()));
    const Batch batch = Batch::create(options.runs_folder / "slurm", plan);
    write_file(batch.script(),
               fmt::format("#!/bin/sh\nexec {} {}\n", terminal::shell_word(options.node_program.string()),
                           terminal::shell_word(batch.folder().string())));
    for (std::size_t i = 0; i < launches.size(); ++i)
        runs.add(launches[i], batch.name(), i / static_cast<std::size_t>(options.told.runs_per_job));
    arrays.emplace(batch.name(), ArrayJob{batch, std::move(plan), resources});
}

BatchRun SlurmLauncher::State::batch_run(const run::Launch& launch) {
    const protocol::Request& request = launch.request;
    const auto own_path = request.environment.find("PATH");
    const std::string place =
        fmt::format("{}\n{}\n{}", request.command.empty() ? "" : request.command.front(),
                    request.working_directory, own_path == request.environment.end() ? "" : own_path->second);
    auto known = programs.find(place);
    if (known == programs.end()) known = programs.emplace(place, program_of(request)).first;
    return {launch.directory, known->second.file, known->second.digest};
}

void SlurmLauncher::State::go_on_with_commands() {
    if (command) {
        const auto said = command->ended();
        if (!said) return;
        command.reset();
        take(*said);
    }
    if (!start_cancelling() && !start_submitting()) start_looking();
}

void SlurmLauncher::State::take(const Said& said) {
    switch (doing) {
        case Doing::Submitting:
            return take_submission(said);
        case Doing::Looking:
            return take_look(said);
        case Doing::Cancelling:
            // what Slurm did not hear is asked of it again
            if (!said.went_well() &&
                submission_by(said.exit_code, said.took_too_long, said.err) == Submission::Unsure)
                to_cancel.push_back(subject);
            return;
    }
}

void SlurmLauncher::State::take_submission(const Said& said) {
    ArrayJob& array = arrays.at(subject);
    const Seconds now = monotonic_now();
    array.problem = said.took_too_long ? "sbatch does not end" : one_line(said.err);
    switch (submission_by(said.exit_code, said.took_too_long, said.err)) {
        case Submission::Taken:
            array.state = ArrayJob::State::Submitted;
            array.number = said.out.substr(0, said.out.find_first_of(";\n"));
            array.submitted = now;
            array.batch.note_submitted(array.number);
            break;
        case Submission::Unsure:
            array.state = ArrayJob::State::Unsure;
            array.unseen_since.reset();
            next_look = now;
            break;
        case Submission::Later:
            array.state = ArrayJob::State::ToSubmit;
            array.next_try = {now.value +
                              std::min(kLongestDelay, kFirstDelay * std::exp2(array.failed_tries++))};
            break;
        case Submission::Refused:
            array.state = ArrayJob::State::Refused;
            break;
    }
    if (array.is_cancelled) to_cancel.push_back(subject);
}

void SlurmLauncher::State::take_look(const Said& said) {
    silence = said.went_well() ? "" : said.took_too_long ? "squeue does not end" : one_line(said.err);
    if (!said.went_well()) return;
    word = {queue_answer(said.out), asked};
    for (auto& [name, array] : arrays) look_for_unsure(array);
}

/// It was taken all the same, or it is submitted again: nothing is begun twice.
void SlurmLauncher::State::look_for_unsure(ArrayJob& array) {
    if (array.state != ArrayJob::State::Unsure) return;
    const auto entry = word.answer.lower_bound({array.batch.name(), 0});
    const Seconds now = monotonic_now();
    if (entry != word.answer.end() && entry->first.first == array.batch.name()) {
        array.state = ArrayJob::State::Submitted;
        array.number = entry->second.array;
        array.submitted = {word.asked->value - kListingSeconds};
        array.batch.note_submitted(array.number);
    } else if (!array.unseen_since) {
        array.unseen_since = now;
    } else if (now.value - array.unseen_since->value > kSettleSeconds) {
        array.state = ArrayJob::State::ToSubmit;
        array.next_try = {now.value + std::min(kLongestDelay, kFirstDelay * std::exp2(array.failed_tries++))};
    }
}

bool SlurmLauncher::State::start_cancelling() {
    if (to_cancel.empty()) return false;
    const std::string name = to_cancel.front();
    to_cancel.pop_front();
    if (!arrays.contains(name)) return start_cancelling();
    start_command(Doing::Cancelling, name, {"scancel", "--quiet", "--name=" + name});
    return true;
}

/// So many tasks may be at work by now.
int SlurmLauncher::State::at_work() const {
    int count = 0;
    for (const auto& [name, array] : arrays) {
        if (array.is_with_slurm()) count += std::min(array.plan.at_once, runs.tasks(name));
    }
    return count;
}

std::vector<std::string> SlurmLauncher::State::numbers() const {
    std::vector<std::string> found;
    for (const auto& [name, array] : arrays)
        if (array.is_with_slurm()) found.push_back(array.number);
    return found;
}

/// One after the other: while it is not known whether one was taken, no other one would be.
bool SlurmLauncher::State::start_submitting() {
    const Seconds now = monotonic_now();
    for (const auto& [name, array] : arrays)
        if (array.state == ArrayJob::State::Unsure) return false;
    for (auto& [name, array] : arrays) {
        if (array.state != ArrayJob::State::ToSubmit || array.is_cancelled ||
            array.next_try.value > now.value)
            continue;
        // Slurm's own limit of tasks at work holds for one array alone
        const bool is_too_much = at_work() + array.plan.at_once > options.at_once;
        array.state = ArrayJob::State::Submitting;
        start_command(Doing::Submitting, name,
                      submission(array.batch, array.plan, array.resources, options.told,
                                 is_too_much ? numbers() : std::vector<std::string>()));
        return true;
    }
    return false;
}

bool SlurmLauncher::State::start_looking() {
    const Seconds now = monotonic_now();
    std::vector<std::string> names;
    bool is_urgent = runs.waits_for_word();
    for (const auto& [name, array] : arrays) {
        if (!array.is_with_slurm() && array.state != ArrayJob::State::Unsure) continue;
        names.push_back(name);
        const bool is_new = !word.asked || word.asked->value < array.submitted.value;
        is_urgent = is_urgent || is_new || array.state == ArrayJob::State::Unsure;
    }
    if (names.empty() || now.value < next_look.value) return false;
    if (!is_urgent && word.asked && now.value - word.asked->value < kCalmSeconds) return false;
    next_look = {now.value + kUrgentSeconds};
    start_command(Doing::Looking, {}, queue_command(names));
    return true;
}

void SlurmLauncher::State::start_command(Doing what, std::string about,
                                         const std::vector<std::string>& words) {
    doing = what;
    subject = std::move(about);
    asked = monotonic_now();
    command = std::make_unique<Command>(words, kLongestCommand);
}

void SlurmLauncher::State::list_folders() {
    const Seconds now = monotonic_now();
    if (now.value < next_listing.value) return;
    next_listing = {now.value + kListingSeconds};
    const bool is_time_for_note = now.value >= next_note.value;
    if (is_time_for_note) next_note = {now.value + kRunnerSeconds};
    for (const auto& [name, array] : arrays) {
        if (is_time_for_note) array.batch.note_runner();
        runs.look(array);
    }
}

std::vector<std::string> SlurmLauncher::State::take_ended() {
    std::vector<std::string> ended = runs.judge(arrays, word);
    remove_ended_arrays();
    return ended;
}

/// But for those of which Slurm is just being told something, or is to be.
void SlurmLauncher::State::remove_ended_arrays() {
    std::erase_if(arrays, [&](const auto& entry) {
        const auto& [name, array] = entry;
        const bool is_spoken_of = (command && subject == name) || std::ranges::count(to_cancel, name) > 0;
        if (is_spoken_of || runs.tasks(name) > 0) return false;
        array.batch.remove();
        return true;
    });
}

/// What is cancelled shall not stay in the queue, though no run is waited for any more.
void SlurmLauncher::State::finish_cancelling() {
    constexpr double kLongestSeconds = 20;
    constexpr int kPauseMilliseconds = 50;
    const Seconds begin = monotonic_now();
    const bool is_any =
        std::ranges::any_of(arrays, [](const auto& array) { return array.second.is_cancelled; });
    while (is_any && (command || !to_cancel.empty()) &&
           monotonic_now().value - begin.value < kLongestSeconds) {
        go_on_with_commands();
        poll(nullptr, 0, kPauseMilliseconds);
    }
    if (is_any) remove_ended_arrays();
}

}  // namespace tidemark::cluster
