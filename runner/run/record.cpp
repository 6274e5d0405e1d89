#include "run/record.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/line_reader.hpp"
#include "base/regular_file.hpp"
#include "capture/capture.hpp"
#include "protocol/figures.hpp"
#include "protocol/tree_memory.hpp"
#include "run/classify.hpp"
#include "run/disturbances.hpp"
#include "run/growth.hpp"
#include "run/left_running.hpp"
#include "run/made_elsewhere.hpp"
#include "run/service.hpp"
#include "run/shares.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::run {
namespace {

using protocol::EndKind;

/// Some ten million events; more is a mistake of the program, which must not keep the sweep from going on.
constexpr Bytes kMostOfEvents{std::int64_t{1} << 30};

/// Each until the next one begins, the last until the run ended.
void set_phase_lengths(Record& record) {
    const double end = record.measurement.wall_s.value_or(0);
    for (std::size_t i = 0; i < record.phases.size(); ++i) {
        PhaseSpan& phase = record.phases[i];
        const double next = i + 1 < record.phases.size() ? record.phases[i + 1].start.value : end;
        phase.wall = Seconds{std::max(0.0, next - phase.start.value)};
    }
}

/// The events of a run, turned into parts of its record.
class EventCollector {
  public:
    /// `start`: of the run, on CLOCK_MONOTONIC; where it is not known, times count from the first event.
    EventCollector(Record& record, std::optional<double> start)
        : record_(record), start_(start), time_(start.value_or(0)) {}

    void take(std::string_view line, std::int64_t line_number) {
        if (line.empty()) return;
        std::string problem;
        const auto event = protocol::parse_event(line, &problem);
        if (!event) {
            if (bad_lines_++ == 0) first_problem_ = fmt::format("line {}: {}", line_number, problem);
            return;
        }
        if (!problem.empty() && odd_epochs_++ == 0)
            first_odd_epoch_ = fmt::format("line {}: {}", line_number, problem);
        // an event without a time of its own happened no earlier than the one before it
        if (event->t) time_ = event->t->value;
        if (!start_ && event->t) start_ = time_;
        if (event->t) note_epoch(*event);
        std::visit([this](const auto& what) { add(what); }, event->what);
    }

    void take_long(std::int64_t line_number) {
        if (bad_lines_++ > 0) return;
        const Bytes limit{static_cast<std::int64_t>(LineReader::kLongestLine)};
        first_problem_ = fmt::format("line {}: longer than {}", line_number, to_text(limit));
    }

    void finish(const LineReader& lines) {
        // a whole object cannot be half of one: its line end alone is missing
        if (protocol::parse_event(lines.rest()))
            take(lines.rest(), lines.lines() + 1);
        else if (lines.ends_within_a_line())
            record_.warnings.push_back("events.jsonl ends in the middle of a line");
        if (bad_lines_ > 0) {
            record_.warnings.push_back(
                fmt::format("{} line{} of events.jsonl {} passed over; the first is {}", bad_lines_,
                            bad_lines_ == 1 ? "" : "s", bad_lines_ == 1 ? "is" : "are", first_problem_));
        }
        if (odd_epochs_ > 0) {
            record_.warnings.push_back(fmt::format("{} epoch{} of events.jsonl {} left out; the first is {}",
                                                   odd_epochs_, odd_epochs_ == 1 ? "" : "s",
                                                   odd_epochs_ == 1 ? "is" : "are", first_odd_epoch_));
        }
        set_phase_lengths(record_);
        set_epochs();
    }

  private:
    /// Each word of an epoch says that it lasts until then at least.
    void note_epoch(const protocol::Event& event) {
        std::optional<std::int64_t> epoch;
        if (const auto* metric = std::get_if<protocol::Metric>(&event.what)) epoch = metric->epoch;
        if (const auto* progress = std::get_if<protocol::Progress>(&event.what)) epoch = progress->epoch;
        if (!epoch) return;
        double& end = epoch_ends_.try_emplace(*epoch, 0).first->second;
        end = std::max(end, time_ - start_.value_or(time_));
    }
    /// In their order; what is told of an epoch when a later one has begun does not make it longer.
    void set_epochs() {
        double before = 0;
        for (const auto& [epoch, end] : epoch_ends_) {
            const double from = std::min(before, end);
            record_.epochs.push_back({epoch, Seconds{from}, Seconds{end - from}});
            before = std::max(before, end);
        }
    }

    void add(const protocol::Metric& metric) {
        record_.metrics.push_back(metric);
        record_.final_metrics[metric.name] = metric.value;
    }
    void add(const protocol::Progress&) {}
    void add(const protocol::Phase& phase) {
        const double since_start = std::max(0.0, time_ - start_.value_or(time_));
        record_.phases.push_back({phase.name, Seconds{since_start}, Seconds{0}, {}});
    }
    void add(const protocol::Info& info) {
        if (const auto* number = std::get_if<std::int64_t>(&info.value)) {
            record_.final_metrics[info.name] = static_cast<double>(*number);
        } else if (const auto* real = std::get_if<double>(&info.value)) {
            record_.final_metrics[info.name] = *real;
        } else {
            record_.facts[info.name] = to_text(info.value);
        }
    }

    Record& record_;
    std::optional<double> start_;
    double time_;
    std::int64_t bad_lines_ = 0;
    std::string first_problem_;
    std::map<std::int64_t, double> epoch_ends_;  ///< since the run started
    std::int64_t odd_epochs_ = 0;
    std::string first_odd_epoch_;
};

void read_events(const RunDirectory& directory, Record& record, bool knows_start) {
    EventCollector collector(record,
                             knows_start ? std::optional(record.measurement.started_t) : std::nullopt);
    LineReader lines(directory.events());
    lines.limit_to(kMostOfEvents);
    lines.read_new([&](std::string_view line) { collector.take(line, lines.lines()); },
                   [&] { collector.take_long(lines.lines()); });
    if (!lines.problem().empty())
        record.warnings.push_back(fmt::format("events.jsonl is not read: {}", lines.problem()));
    if (lines.is_cut())
        record.warnings.push_back(fmt::format(
            "events.jsonl is larger than {}, and the rest of it is not read", to_text(kMostOfEvents)));
    collector.finish(lines);
}

/// Keeps the largest of each of so many equal parts of the time, so that no peak is lost from the timeline,
/// and no part of it is told more closely than another.
void thin(std::vector<protocol::Sample>& samples) {
    if (samples.size() <= kMostSamples) return;
    const protocol::TreeMemory kind = protocol::known_throughout(samples);
    const double begin = samples.front().t_s;
    const double part = (samples.back().t_s - begin) / static_cast<double>(kMostSamples);
    std::vector<protocol::Sample> kept;
    double until = begin;
    for (const protocol::Sample& sample : samples) {
        if (kept.empty() || (sample.t_s >= until && kept.size() < kMostSamples)) {
            kept.push_back(sample);
            while (part > 0 && until <= sample.t_s) until += part;
        } else if (protocol::tree_memory(sample, kind) > protocol::tree_memory(kept.back(), kind)) {
            kept.back() = sample;
        }
    }
    samples = std::move(kept);
}

void read_samples(const RunDirectory& directory, Record& record) {
    LineReader lines(directory.samples());
    lines.read_new([&](std::string_view line) {
        if (const auto sample = protocol::sample_from_json_line(std::string(line)))
            record.samples.push_back(*sample);
    });
    for (PhaseSpan& phase : record.phases) {
        // samples stand in the order of their times, and there may be many of both
        const double end = phase.start.value + phase.wall.value;
        auto sample = std::ranges::lower_bound(record.samples, phase.start.value, {}, &protocol::Sample::t_s);
        for (; sample != record.samples.end() && sample->t_s <= end; ++sample)
            phase.peak_sample_bytes = std::max(phase.peak_sample_bytes, sample->rss_bytes);
    }
    tell_growth(record);
    thin(record.samples);
}

/// The events tell of phases, and the warden of the peaks of those that were announced to it; both in order.
void add_phase_peaks(Record& record) {
    auto span = record.phases.begin();
    for (const protocol::PhasePeak& peak : record.measurement.phases) {
        const auto own = std::find_if(span, record.phases.end(),
                                      [&](const PhaseSpan& phase) { return phase.name == peak.name; });
        if (own == record.phases.end()) continue;
        own->start = Seconds{peak.start_s};
        own->peak_rss_bytes = peak.peak_rss_bytes;
        own->peak_rss_low_bytes = peak.peak_rss_low_bytes;
        own->peak_rss_high_bytes = peak.peak_rss_high_bytes;
        span = own + 1;
    }
    set_phase_lengths(record);
}

/// The last line of the file that is not blank; empty where there is none.
std::string last_line(const std::filesystem::path& file) {
    const std::string tail = read_tail(file, kTailToSearch);
    const std::size_t end = tail.find_last_not_of("\n\r\t ");
    if (end == std::string::npos) return {};
    const std::size_t begin = tail.find_last_of('\n', end) + 1;  // npos + 1 is 0: the only line
    return tail.substr(begin, end + 1 - begin);
}

/// What a capture took under a name stands for what the program told under it: the same in another unit.
void add_captured(const std::vector<protocol::Metric>& captured, Record& record) {
    std::erase_if(record.metrics, [&](const protocol::Metric& told) {
        return std::ranges::find(captured, told.name, &protocol::Metric::name) != captured.end();
    });
    for (const protocol::Metric& metric : captured) {
        record.metrics.push_back(metric);
        record.final_metrics[metric.name] = metric.value;
    }
}

/// The metrics that `capture` names, of which some may be known. A required one that did not come, or that
/// cannot be what it is called, makes a run that went well so far a failed one.
void take_captures(const RunDirectory& directory, Record& record,
                   const std::vector<protocol::Metric>& known = {}) {
    std::vector<std::string> lacking;
    std::vector<protocol::Capture> captures = record.request.capture;
    std::erase_if(captures, [&](const protocol::Capture& capture) {
        return std::ranges::find(known, capture.metric, &protocol::Metric::name) != known.end();
    });
    if (!captures.empty()) {
        capture::Captured found = capture::take(
            captures, {directory.stdout_log(), directory.stderr_log(), record.request.working_directory,
                       unix_time(record.measurement.started_at).value_or(0), record.metrics,
                       capture::EarlierFiles::from_json_text(
                           read_regular_file(directory.earlier_files()).value_or(""))});
        add_captured(found.metrics, record);
        record.warnings.insert(record.warnings.end(), found.warnings.begin(), found.warnings.end());
        lacking = std::move(found.lacking);
    }
    add_captured(known, record);
    for (std::string& problem : refuse_impossible_shares(record)) lacking.push_back(std::move(problem));
    if (!lacking.empty() && status_of(record.outcome) == protocol::Status::Ok)
        record.outcome = BrokeContract{
            protocol::concealed(fmt::format("{}", fmt::join(lacking, "; ")), record.request.secrets),
            exit_code(record.outcome)};
}

/// What it got from its service is nothing where that failed, however it ended itself. What the program did
/// against its limits it did itself.
void blame_service(const RunDirectory& directory, Record& record) {
    if (!record.request.service) return;
    ServiceEnd end = service_end(directory.service(), record.request);
    if (!end.remark.empty()) record.warnings.push_back(std::move(end.remark));
    if (end.failure.empty()) return;
    std::string failure =
        protocol::concealed(fmt::format("its service failed: {}", end.failure), record.request.secrets);
    const protocol::Status status = status_of(record.outcome);
    if (status == protocol::Status::Oom || status == protocol::Status::Timeout)
        record.warnings.push_back(std::move(failure));
    else
        record.outcome = BrokeContract{std::move(failure), exit_code(record.outcome)};
}

/// A teardown that went wrong takes nothing from the run that was measured before it.
void warn_of_teardown(const RunDirectory& directory, Record& record) {
    if (record.request.teardown.empty()) return;
    if (const auto problem = read_regular_file(directory.warmup_teardown()))
        record.warnings.push_back(fmt::format("the teardown of its warm-up failed: {}", *problem));
    const protocol::Request step = step_request(record.request, record.request.teardown);
    if (const std::string problem = step_problem(directory.teardown(), step); !problem.empty())
        record.warnings.push_back(fmt::format("its teardown failed: {}", problem));
}

void warn_of_what_setup_left(const RunDirectory& directory, Record& record) {
    if (record.request.setup.empty()) return;
    if (const std::string left = left_running(directory.setup()); !left.empty())
        record.warnings.push_back("its setup " + left);
}

protocol::Request read_request(const RunDirectory& directory) {
    std::string problem;
    const auto text = read_regular_file(directory.request(), &problem);
    if (!text) {
        throw CannotGoOn(fmt::format("cannot read {}: {}", directory.request().string(),
                                     problem.empty() ? errno_text(ENOENT) : problem));
    }
    try {
        return protocol::request_from_json_text(*text);
    } catch (const std::exception& error) {
        throw CannotGoOn(fmt::format("{} is damaged: {}", directory.request().string(), error.what()));
    }
}

/// What did not run took no time and no memory: it has no figures, and would else be the fastest of all.
void forget_figures_of_nothing(protocol::Measurement& measurement) {
    if (measurement.end != EndKind::CouldNotStart) return;
    for (const protocol::Figure& figure : protocol::kFigures) {
        std::visit([&](auto member) { measurement.*member = {}; }, figure.member);
        measurement.missing.emplace(figure.name, "the program could not be started");
    }
}

void explain_lost_measurement(const RunDirectory& directory, Record& record, const std::string& why) {
    std::error_code error;
    const bool has_steps =
        !record.request.setup.empty() || record.request.service || record.request.warmup > 0;
    const auto queue = read_queue_end(directory);
    const auto by_queue = queue ? outcome_by(*queue) : std::nullopt;
    if (const auto prevented = read_regular_file(directory.prevented()))
        record.outcome = CouldNotStart{*prevented};
    else if (by_queue)
        record.outcome = *by_queue;
    else if (has_steps && !std::filesystem::exists(directory.stdout_log(), error))
        record.outcome = Cancelled{"its runner was killed"};
    else
        record.outcome = BrokeContract{fmt::format("no measurement was left: {}", why)};
    record.measurement.end = EndKind::Signalled;
    for (const protocol::Figure& figure : protocol::kFigures)
        record.measurement.missing[std::string(figure.name)] = why;
}

/// Where it was made, if that was another machine.
void note_place(const RunDirectory& directory, Record& record) {
    add_place(directory, record);
    const auto queue = read_queue_end(directory);
    const bool is_bad_luck =
        queue && (queue->cause == QueueCause::Preempted || queue->cause == QueueCause::Lost);
    record.lost_by_queue = is_bad_luck && status_of(record.outcome) != protocol::Status::Ok;
}

void add_last_words(const RunDirectory& directory, Record& record) {
    const protocol::Status ended = status_of(record.outcome);
    if (ended == protocol::Status::Ok || ended == protocol::Status::Cancelled) return;
    record.last_words = terminal::shortened(
        terminal::visible(protocol::concealed(last_line(directory.stderr_log()), record.request.secrets)),
        kLongestLastWords);
}

void conceal_secrets(Record& record) {
    for (std::string& warning : record.warnings)
        warning = protocol::concealed(std::move(warning), record.request.secrets);
    for (auto& [name, text] : record.facts)
        text = protocol::concealed(std::move(text), record.request.secrets);
}

std::string why_nothing_was_written(const RunDirectory& directory, const std::string& problem) {
    std::error_code error;
    if (!problem.empty()) return fmt::format("measurement.json is not read: {}", problem);
    if (std::filesystem::exists(directory.prevented(), error)) return "the program was not started";
    if (!std::filesystem::is_directory(std::filesystem::symlink_status(directory.path(), error)))
        return "its run directory was removed";
    return "the warden ended before it could write one";
}

}  // namespace

std::string step_problem(const std::filesystem::path& directory, const protocol::Request& request) {
    const RunDirectory step(directory);
    std::error_code error;
    if (!std::filesystem::exists(step.measurement(), error)) return {};
    const Record record = read_record(step, request);
    if (status_of(record.outcome) == protocol::Status::Ok) return {};
    const std::string words = last_line(step.stderr_log());
    const std::string said =
        words.empty() ? reason(record.outcome) : fmt::format("{}: {}", reason(record.outcome), words);
    return protocol::concealed(said, request.secrets);
}

protocol::Request step_request(const protocol::Request& program, const std::vector<std::string>& command) {
    protocol::Request step = program;
    step.command = command;
    step.limits = {};
    step.heap_layout = protocol::HeapLayout::Same;
    step.stdin_file.clear();
    step.accept_exit = {0};
    step.capture.clear();
    step.service.reset();
    return step;
}

Record read_record(const RunDirectory& directory) {
    return read_record(directory, read_request(directory));
}

Record read_record(const RunDirectory& directory, const protocol::Request& request) {
    Record record;
    record.request = request;
    record.directory = directory.path().string();
    std::string lost;
    std::string problem;
    if (const auto text = read_regular_file(directory.measurement(), &problem)) {
        try {
            record.measurement = protocol::measurement_from_json_text(*text);
            forget_figures_of_nothing(record.measurement);
        } catch (const std::invalid_argument& error) {
            lost = fmt::format("measurement.json is damaged ({})", error.what());
        }
    } else {
        lost = why_nothing_was_written(directory, problem);
    }
    read_events(directory, record, lost.empty());
    add_phase_peaks(record);
    read_samples(directory, record);
    if (lost.empty()) {
        record.outcome = classify(directory, record);
        warn_of_kills_around(record);
        take_captures(directory, record);
        blame_service(directory, record);
        warn_of_what_setup_left(directory, record);
        warn_of_teardown(directory, record);
        for (std::string& text : disturbances(record.measurement, record.request.limits))
            record.warnings.push_back(std::move(text));
    } else {
        explain_lost_measurement(directory, record, lost);
    }
    note_place(directory, record);
    add_last_words(directory, record);
    conceal_secrets(record);
    return record;
}

Outcome outcome_but_for_metrics(const RunDirectory& directory, const protocol::Request& request,
                                const protocol::Measurement& measurement) {
    Record record;
    record.request = request;
    record.measurement = measurement;
    return classify(directory, record);
}

Record read_metrics(const RunDirectory& directory, const protocol::Request& request,
                    const protocol::Measurement& measurement, const std::vector<protocol::Metric>& known) {
    Record record;
    record.request = request;
    record.directory = directory.path().string();
    record.measurement = measurement;
    read_events(directory, record, true);
    record.outcome = classify(directory, record);
    take_captures(directory, record, known);
    add_last_words(directory, record);
    conceal_secrets(record);
    return record;
}

}  // namespace tidemark::run
