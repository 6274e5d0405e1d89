#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include <unistd.h>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/identifier.hpp"
#include "base/units.hpp"
#include "cli/measured_sweep.hpp"
#include "cli/output.hpp"
#include "cli/planned_requests.hpp"
#include "cli/progress.hpp"
#include "cli/provenance.hpp"
#include "cli/said.hpp"
#include "cli/verb.hpp"
#include "results/current_results.hpp"
#include "run/local_launcher.hpp"
#include "store/database.hpp"
#include "store/sweep_ledger.hpp"
#include "sweep/sweep.hpp"
#include "tables/checks.hpp"
#include "tables/measured_runs.hpp"
#include "terminal/installation.hpp"
#include "terminal/place_of_results.hpp"
#include "terminal/shell_words.hpp"
#include "terminal/signals.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {
namespace {

namespace fs = std::filesystem;

struct MeasureOptions {
    int repeat = 1;
    int warmup = 0;
    std::string name;
    std::string under;
    std::vector<std::string> axes;
    std::vector<std::string> accepted;
    std::string database;
    bool quiet = false;
    std::vector<std::string> command;
    OutputOptions output;
};

constexpr int kLargestExitCode = 255;

std::vector<int> read_exit_codes(const std::vector<std::string>& texts) {
    std::vector<int> codes;
    for (const std::string& text : texts) {
        const bool is_number =
            !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string::npos;
        if (!is_number || std::stoi(text) > kLargestExitCode)
            throw UsageError(fmt::format("--accept-exit {}: an exit code is a number from 0 to 255", text));
        codes.push_back(std::stoi(text));
    }
    return codes;
}

MeasuredSweep asked_for(const MeasureOptions& options) {
    MeasuredSweep sweep;
    sweep.name = options.name;
    sweep.commands = split_commands(options.command);
    for (const std::string& axis : options.axes) {
        sweep.axes.push_back(read_axis(axis));
        const std::string& name = sweep.axes.back().first;
        if (std::ranges::count(sweep.axes, name, &std::pair<std::string, std::vector<std::string>>::first) >
            1)
            throw UsageError(fmt::format("--axis {}: this name stands twice", name));
    }
    sweep.repeat = options.repeat;
    sweep.warmup = options.warmup;
    sweep.accepted = read_exit_codes(options.accepted);
    if (!options.under.empty()) {
        const auto limit = parse_bytes(options.under);
        if (!limit.quantity) throw UsageError("--under: " + limit.problem);
        sweep.under = options.under;
    }
    sweep.directory = fs::current_path();
    return sweep;
}

/// A file is left alone where it says the same already, which is false then.
bool keep_file(const fs::path& file, const std::string& text) {
    if (read_file(file) == text) return false;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error)
        throw CannotGoOn(
            fmt::format("cannot make the folder {}: {}", file.parent_path().string(), error.message()));
    OutputOptions place;
    place.file = file.string();
    write_output(place, [&](std::ostream& out) { out << text; });
    return true;
}

/// What the executions left, beside the lines of progress, which a terminal alone is shown.
class Recorder : public run::Observer {
  public:
    Recorder(const sweep::Sweep& sweep, const Interruption& interruption, std::size_t total, bool shown)
        : sweep_(sweep) {
        if (shown) progress_.emplace(sweep, interruption, ProgressOptions{true, total, 0, 1});
    }

    void started(const run::PlannedRun& planned, const run::Launch& launch) override {
        if (progress_) progress_->started(planned, launch);
    }
    void finished(const run::PlannedRun& planned, const run::Record& record) override {
        records_[planned.spec].push_back(record);
        if (progress_) progress_->finished(planned, record);
    }
    void retried(const run::PlannedRun&, const run::Record&, int, int) override {}
    void skipped(const run::PlannedRun& planned) override {
        if (progress_) progress_->skipped(planned);
    }
    void added(std::size_t) override {}
    void waiting(std::size_t runs_elsewhere) override {
        if (progress_) progress_->waiting(runs_elsewhere);
    }
    void held_apart(const run::MetricFiles::Conflict&) override {}
    void held_apart(int) override {}
    void giving_up(std::size_t at_work) override {
        if (progress_) progress_->giving_up(at_work);
    }
    void tick() override {
        if (progress_) progress_->tick();
    }
    void close() {
        if (progress_) progress_->close();
    }

    std::vector<tables::MeasuredRun> runs() const {
        std::vector<tables::MeasuredRun> all;
        for (std::size_t spec = 0; spec < sweep_.runs().size(); ++spec) {
            const auto own = records_.find(spec);
            all.push_back(
                {sweep_.runs()[spec].run, own == records_.end() ? std::vector<run::Record>() : own->second});
        }
        return all;
    }

  private:
    const sweep::Sweep& sweep_;
    std::optional<Progress> progress_;
    std::map<std::size_t, std::vector<run::Record>> records_;
};

class MeasureCommand {
  public:
    MeasureCommand(const MeasureOptions& options, const Context& context)
        : options_(options), context_(context), asked_(asked_for(options)) {}

    ExitCode execute() {
        require_place_of_output(options_.output);
        const std::string text = text_of(asked_);
        revision_.emplace(asked_.directory);
        store::Database database = store::Database::open_or_create(options_.database);
        store::recover_abandoned(database);
        file_ = file_of(asked_, database.file());
        // it may be one of the repository, and then changes what that is
        if (keep_file(file_, text)) revision_.emplace(asked_.directory);
        const sweep::Sweep sweep = loaded();
        run::Tally tally = make(sweep, database);
        if (tally.interrupted) {
            say("interrupted: {} of {} executions are kept in {}", tally.ok + tally.failed,
                sweep.runs().size() * static_cast<std::size_t>(options_.repeat),
                terminal::shown_path(options_.database));
            return ExitCode::Interrupted;
        }
        report::Table table = tables::measured_table(runs_, options_.output.for_machines());
        for (std::string& sentence : tables::measured_verdicts(runs_))
            table.notes.push_back(std::move(sentence));
        const ExitCode code = held(sweep, database, table);
        write_table(options_.output, table);
        say("kept in {}, as sweep '{}'; again and more: {}", terminal::shown_path(options_.database),
            sweep.name(), terminal::shown_path(file_));
        return tally.failed > 0 ? ExitCode::Failure : code;
    }

  private:
    static std::vector<RunKeys> keys_of(const sweep::Sweep& sweep) {
        std::vector<RunKeys> keys;
        for (const sweep::RunSpec& run : sweep.runs()) {
            const sweep::ResolvedRun resolved = sweep.resolve(run);
            keys.push_back({to_text(resolved.key()), to_text(resolved.measured_key())});
        }
        return keys;
    }

    /// What is wrong with the file is wrong with the command line: nobody has written the file.
    sweep::Sweep loaded() {
        try {
            sweep::Sweep sweep = sweep::Sweep::load(file_, {}, {});
            keys_ = keys_of(sweep);
            return sweep;
        } catch (const UsageError& error) {
            const std::string_view message = error.what();
            constexpr std::string_view kKey = "command: ";
            const std::size_t key = message.find(kKey);
            if (!message.starts_with(file_.string()) || key == std::string_view::npos) throw;
            const bool is_for_a_shell =
                std::ranges::any_of(asked_.commands, [](const std::vector<std::string>& words) {
                    return words.size() == 1 && words.front().find(' ') != std::string::npos;
                });
            throw UsageError(fmt::format(
                "{}{}", message.substr(key + kKey.size()),
                is_for_a_shell ? "; a command is given word by word, and a shell's as: sh -c 'COMMAND'"
                               : ""));
        }
    }

    run::Tally make(const sweep::Sweep& sweep, store::Database& database) {
        std::vector<run::PlannedRun> plan;
        for (int repeat = 1; repeat <= options_.repeat; ++repeat) {
            for (std::size_t spec = 0; spec < sweep.runs().size(); ++spec) plan.push_back({spec, repeat});
        }
        store::Invocation own;
        own.invocation_id = new_identifier();
        own.sweep = sweep.name();
        own.file = file_.string();
        own.command_line = terminal::own_command(context_.arguments.front());
        for (std::size_t i = 1; i < context_.arguments.size(); ++i)
            own.command_line += ' ' + terminal::shell_word(context_.arguments[i]);
        own.working_directory = fs::current_path().string();
        own.planned = plan.size();
        own.provenance = provenance(sweep);
        store::SweepLedger ledger(database, own, true);
        terminal::SignalInterruption interruption;
        run::LocalLauncher launcher(context_.installation.warden, "auto");
        Recorder recorder(sweep, interruption, plan.size(),
                          !options_.quiet && terminal::can_redraw(STDERR_FILENO));
        const PlannedRequests requests(sweep, *revision_, own, ledger, database.runs_folder());
        const auto prepare = [&](const run::PlannedRun& planned) {
            return requests.of(planned, keys_[planned.spec]);
        };
        run::SchedulerOptions how;
        how.runs_folder = database.runs_folder();
        run::Tally tally = run::execute(plan, prepare, launcher, ledger, recorder, interruption, how);
        recorder.close();
        ledger.finish();
        runs_ = recorder.runs();
        return tally;
    }

    /// Whether every peak stayed under the limit, with what is said of it.
    ExitCode held(const sweep::Sweep& sweep, store::Database& database, report::Table& table) const {
        if (sweep.checks().empty()) return ExitCode::Success;
        results::CurrentResults current(database.connection(),
                                        results::expectation_of(sweep, results::Program::Present));
        const std::vector<tables::CheckResult> results = tables::decide_checks(sweep, current);
        for (const tables::CheckResult& result : results) {
            const std::string why = tables::told_finding(result);
            table.notes.push_back(fmt::format("{}under {}: {}{}", runs_.size() > 1 ? result.run + ": " : "",
                                              asked_.under, to_text(result.finding.verdict),
                                              why.empty() ? "" : ": " + why));
        }
        switch (tables::worst_of(results)) {
            case analysis::Verdict::Pass:
                return ExitCode::Success;
            case analysis::Verdict::Broken:
                return ExitCode::Failure;
            case analysis::Verdict::Undecided:
                break;
        }
        return ExitCode::Undecided;
    }

    const MeasureOptions& options_;
    const Context& context_;
    MeasuredSweep asked_;
    fs::path file_;
    std::optional<RevisionInBackground> revision_;
    std::vector<RunKeys> keys_;
    std::vector<tables::MeasuredRun> runs_;
};

}  // namespace

Action add_measure_verb(Options& declared) {
    auto options = std::make_shared<MeasureOptions>();
    constexpr int kMostWarmups = 1000;
    declared.number("--repeat,-n", options->repeat, 1, sweep::kMostRepeats,
                    "how many times each command is run (default: 1)");
    declared.number("--warmup", options->warmup, 0, kMostWarmups,
                    "how many times before each of these, unmeasured");
    declared.text("--name", options->name, "what the results are called (default: as the program)");
    declared.text("--under", options->under,
                  "a ceiling of the peak, such as 1GiB; exit code 1 if it is not below");
    declared.repeated("--axis", options->axes, "x=1,2,4: runs the command with each value in place of {x}");
    declared.repeated("--accept-exit", options->accepted, "an exit code that counts as success (default: 0)");
    declared.text("--db", options->database, "the database of results");
    declared.flag("--quiet", options->quiet, "shows no progress");
    options->output.paged = false;
    options->output.add_to(declared);
    declared.rest("COMMAND", options->command,
                  "a program and its arguments, behind `--`; with `--vs` between them, several");
    return [options](const Context& context) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return MeasureCommand(*options, context).execute();
    };
}

}  // namespace tidemark::cli
