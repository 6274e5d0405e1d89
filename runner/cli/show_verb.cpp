#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "cli/comparison_table.hpp"
#include "cli/figure_text.hpp"
#include "cli/output.hpp"
#include "cli/shell_words.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "report/display_text.hpp"
#include "report/timeline.hpp"
#include "run/heap_layout.hpp"
#include "run/run_directory.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;
using report::Table;

constexpr std::size_t kLogTail = 2000;  // bytes of each log that are shown
constexpr int kMostCandidates = 10;     // of an ambiguous name

struct ShowOptions {
    std::string run;
    std::string database;
    OutputOptions output;
};

/// A table of facts: a name and a value each.
class Facts {
  public:
    explicit Facts(std::string title) {
        table_.title = std::move(title);
        table_.columns = {{"name", "", Unit::None, false}, {"value", "", Unit::None, true}};
    }
    void add(const std::string& name, const Value& value, const std::string& missing = {}) {
        table_.rows.push_back({Cell{name, {}}, Cell{value, missing}});
    }
    template <typename Quantity>
    void add(const std::string& name, const std::optional<Quantity>& quantity, const std::string& missing) {
        add(name, quantity ? Value(to_text(*quantity)) : Value(), missing);
    }
    bool empty() const { return table_.rows.empty(); }
    Table take() { return std::move(table_); }

  private:
    Table table_;
};

class RunPage {
  public:
    RunPage(const store::StoredRun& stored, const protocol::WorkloadDescription* workload,
            const std::string& command)
        : stored_(stored), record_(stored.record), workload_(workload), command_(command) {}

    std::vector<Table> sections() {
        add_outcome();
        add_parameters();
        add_measured();
        add_resources();
        add_metrics();
        add_epochs();
        add_phases();
        add_attempts();
        add_provenance();
        add_warnings();
        add_repetition();
        return std::move(sections_);
    }

  private:
    void add(Facts facts) {
        if (!facts.empty()) sections_.push_back(facts.take());
    }

    void add_outcome() {
        Facts facts("run " + record_.request.run);
        facts.add("run id", record_.request.run_id);
        facts.add("sweep", record_.request.sweep);
        facts.add("repeat", std::int64_t{record_.request.repeat});
        if (record_.request.heap_layout == protocol::HeapLayout::Varied) {
            facts.add("heap layout", fmt::format("varied: begins behind {} bytes",
                                                 run::heap_offset(record_.request.repeat)));
        }
        facts.add("status", stored_.status);
        if (!stored_.reason.empty()) facts.add("reason", stored_.reason);
        facts.add("started", record_.measurement.started_at);
        if (!stored_.latest)
            facts.add("note", std::string("a later attempt of this run replaces this one in `results`"));
        for (const std::string& caveat : short_caveats(workload_, record_.request.parameters))
            facts.add("note", caveat);
        add(std::move(facts));
    }

    void add_parameters() {
        Facts facts("parameters");
        for (const auto& [name, value] : record_.request.parameters) facts.add(name, value);
        add(std::move(facts));
    }

    std::string why(const std::string& column) const {
        const auto found = record_.measurement.missing.find(column);
        return found == record_.measurement.missing.end() ? std::string("not measured") : found->second;
    }

    void add_measured() {
        const protocol::Measurement& measured = record_.measurement;
        Facts facts("measured");
        const auto seconds = [&](const char* column, const char* name, double value) {
            const bool lost = measured.missing.contains(column);
            facts.add(name, lost ? std::optional<Seconds>() : std::optional(Seconds{value}), why(column));
        };
        const auto bytes = [&](const char* column, const char* name,
                               const std::optional<std::int64_t>& value) {
            facts.add(name, value ? std::optional(Bytes{*value}) : std::nullopt, why(column));
        };
        seconds("wall_s", "wall time", measured.wall_s);
        seconds("user_s", "CPU time, user", measured.user_s);
        seconds("system_s", "CPU time, system", measured.system_s);
        bytes("peak_rss_bytes", "peak memory", measured.peak_rss_bytes);
        bytes("peak_rss_low_bytes", "  at least", measured.peak_rss_low_bytes);
        bytes("peak_rss_high_bytes", "  at most", measured.peak_rss_high_bytes);
        facts.add("  measured by", measured.memory_method.empty() ? Value() : Value(measured.memory_method),
                  why("memory_method"));
        bytes("peak_anonymous_bytes", "  of it anonymous", measured.peak_parts.anonymous);
        bytes("peak_shared_bytes", "  of it shared memory", measured.peak_parts.shared);
        bytes("peak_file_bytes", "  of it mapped files", measured.peak_parts.file);
        bytes("initial_rss_bytes", "memory at the start", measured.initial_rss_bytes);
        bytes("final_rss_bytes", "memory at the end", measured.final_rss_bytes);
        bytes("peak_cgroup_bytes", "peak of the cgroup", measured.peak_cgroup_bytes);
        bytes("peak_cache_bytes", "  page cache charged to it", measured.peak_cache_bytes);
        bytes("peak_swap_bytes", "peak of swap", measured.peak_swap_bytes);
        add(std::move(facts));
    }

    void add_resources() {
        const protocol::Measurement& measured = record_.measurement;
        Facts facts("resources");
        const auto count = [&](const char* column, const char* name,
                               const std::optional<std::int64_t>& value) {
            Value shown;
            if (value) shown = *value;
            facts.add(name, shown, why(column));
        };
        const auto bytes = [&](const char* column, const char* name,
                               const std::optional<std::int64_t>& value) {
            facts.add(name, value ? std::optional(Bytes{*value}) : std::nullopt, why(column));
        };
        const auto seconds = [&](const char* column, const char* name, const std::optional<double>& value) {
            facts.add(name, value ? std::optional(Seconds{*value}) : std::nullopt, why(column));
        };
        count("major_faults", "page faults, major", measured.major_faults);
        count("minor_faults", "page faults, minor", measured.minor_faults);
        count("voluntary_switches", "context switches, voluntary", measured.voluntary_switches);
        count("involuntary_switches", "context switches, involuntary", measured.involuntary_switches);
        bytes("read_bytes", "read from disk", protocol::bytes_of_blocks(measured.read_blocks));
        bytes("written_bytes", "written to disk", protocol::bytes_of_blocks(measured.written_blocks));
        bytes("swapped_in_bytes", "swapped in", measured.swapped_in_bytes);
        bytes("swapped_out_bytes", "swapped out", measured.swapped_out_bytes);
        seconds("memory_stall_s", "waited for memory", measured.memory_stall_s);
        seconds("throttled_s", "held back by a CPU quota", measured.surroundings.throttled_s);
        Value reached;
        if (measured.memory_limit_reached)
            reached = std::string(*measured.memory_limit_reached ? "yes" : "no");
        facts.add("memory limit reached", reached, why("memory_limit_reached"));
        add(std::move(facts));
    }

    Unit unit_of(const std::string& metric) const {
        const auto* description = workload_ == nullptr ? nullptr : workload_->metric(metric);
        return description == nullptr ? Unit::None : description->unit;
    }

    void add_metrics() {
        Facts facts("metrics");
        for (const auto& [name, value] : record_.final_metrics)
            facts.add(name, Value(figure_text(value, unit_of(name))));
        for (const auto& [name, text] : record_.facts) facts.add(name, text);
        add(std::move(facts));
    }

    /// One row an epoch, one column a metric.
    void add_epochs() {
        Table table;
        table.title = "by epoch";
        table.columns.push_back({"epoch", "epoch", Unit::None, false});
        std::map<std::int64_t, std::map<std::string, double>> epochs;
        std::vector<std::string> names;
        for (const protocol::Metric& metric : record_.metrics) {
            if (!metric.epoch) continue;
            if (std::ranges::find(names, metric.name) == names.end()) names.push_back(metric.name);
            epochs[*metric.epoch][metric.name] = metric.value;
        }
        for (const std::string& name : names) {
            table.columns.push_back({name, heading_of(name, unit_of(name)), unit_of(name), false});
        }
        for (const auto& [epoch, values] : epochs) {
            auto& row = table.rows.emplace_back();
            row.push_back({epoch, {}});
            for (const std::string& name : names) {
                const auto value = values.find(name);
                row.push_back(value == values.end() ? Cell{} : Cell{value->second, {}});
            }
        }
        if (!epochs.empty()) sections_.push_back(std::move(table));
    }

    void add_phases() {
        Table table;
        table.title = "phases";
        table.columns = {{"name", "phase", Unit::None, false},
                         {"start_s", "start", Unit::Seconds, false},
                         {"wall_s", "time", Unit::Seconds, false},
                         {"peak_rss_bytes", "peak memory", Unit::Bytes, false},
                         {"peak_sample_bytes", "largest sample", Unit::Bytes, false}};
        const auto bytes = [](const std::optional<std::int64_t>& value, const char* missing) {
            return value ? Cell{*value, {}} : Cell{Value(), missing};
        };
        for (const run::PhaseSpan& phase : record_.phases) {
            table.rows.push_back({Cell{phase.name, {}}, Cell{phase.start.value, {}},
                                  Cell{phase.wall.value, {}}, bytes(phase.peak_rss_bytes, "not announced"),
                                  bytes(phase.peak_sample_bytes, "no sample")});
        }
        if (!table.rows.empty()) sections_.push_back(std::move(table));
    }

    /// The other repeats, and attempts that were replaced.
    void add_attempts() {
        if (stored_.attempts.size() < 2) return;
        Table table;
        table.title = "all repeats and attempts";
        table.columns = {
            {"run_id", "run id", Unit::None, false},  {"repeat", "repeat", Unit::None, false},
            {"status", "status", Unit::None, false},  {"peak_rss_bytes", "peak memory", Unit::Bytes, false},
            {"wall_s", "time", Unit::Seconds, false}, {"note", "", Unit::None, false}};
        for (const store::Attempt& attempt : stored_.attempts) {
            const std::string note = attempt.run_id == record_.request.run_id ? "this one"
                                     : attempt.latest                         ? ""
                                                                              : "replaced by a later one";
            table.rows.push_back({Cell{attempt.run_id, {}}, Cell{std::int64_t{attempt.repeat}, {}},
                                  Cell{attempt.status, {}},
                                  attempt.peak_rss_bytes ? Cell{*attempt.peak_rss_bytes, {}} : Cell{},
                                  attempt.wall_s ? Cell{*attempt.wall_s, {}} : Cell{}, Cell{note, {}}});
        }
        sections_.push_back(std::move(table));
    }

    void add_provenance() {
        Facts facts("made by and on");
        for (const auto& [name, text] : stored_.provenance) facts.add(name, text);
        add(std::move(facts));
    }

    void add_warnings() {
        Facts facts("warnings");
        for (const std::string& text : record_.warnings) facts.add("warning", text);
        add(std::move(facts));
    }

    void add_repetition() {
        Facts facts("to see more and to repeat it");
        facts.add("directory", record_.directory);
        facts.add("command of the run", fmt::format("{}", fmt::join(record_.request.command, " ")));
        facts.add("command of the sweep", stored_.command_line);
        if (!stored_.file.empty()) facts.add("this run alone", only_this());
        add(std::move(facts));
    }

    /// With the values and the database that its sweep was made with.
    std::string only_this() const {
        std::string text = fmt::format("{} run {}", command_, shell_word(stored_.file));
        const std::vector<std::string> words = split_shell_words(stored_.command_line);
        for (std::size_t i = 0; i < words.size(); ++i) {
            const bool joined = words[i].starts_with("--set=") || words[i].starts_with("--db=");
            const bool apart = (words[i] == "--set" || words[i] == "--db") && i + 1 < words.size();
            if (joined || apart) text += ' ' + shell_word(words[i]);
            if (apart) text += ' ' + shell_word(words[i + 1]);
        }
        const std::string condition = "run = " + sql::quoted_text(record_.request.run);
        return fmt::format("{} --fresh --only {}", text, shell_word(condition));
    }

    const store::StoredRun& stored_;
    const run::Record& record_;
    const protocol::WorkloadDescription* workload_;
    std::string command_;
    std::vector<Table> sections_;
};

/// For CSV and JSON: all sections in one table.
Table flattened(const std::vector<Table>& sections) {
    Table flat;
    flat.columns = {{"section", "section", Unit::None, false},
                    {"name", "name", Unit::None, false},
                    {"value", "value", Unit::None, true}};
    for (const Table& section : sections) {
        for (const auto& row : section.rows) {
            for (std::size_t column = 1; column < row.size(); ++column) {
                const std::string name = to_text(row[0].value);
                const bool is_fact = section.columns[column].heading.empty();
                flat.rows.push_back(
                    {Cell{section.title, {}},
                     Cell{is_fact ? name : fmt::format("{} {}", name, section.columns[column].name), {}},
                     row[column]});
            }
        }
    }
    return flat;
}

void print_log(std::ostream& out, const char* name, const std::filesystem::path& file) {
    std::string tail = read_tail(file, kLogTail);
    if (tail.empty()) return;
    if (tail.back() != '\n') tail += '\n';
    out << '\n' << "the end of its " << name << "\n\n" << report::visible_lines(tail);
}

void print_timeline(std::ostream& out, const run::Record& record) {
    report::Timeline timeline;
    timeline.seconds = record.measurement.wall_s;
    for (const auto& sample : record.samples) {
        timeline.points.emplace_back(sample.t_s, static_cast<double>(sample.rss_bytes));
    }
    for (const auto& phase : record.phases) timeline.phases.emplace_back(phase.name, phase.start.value);
    const std::string chart = report::draw_timeline(timeline, terminal_width(STDOUT_FILENO));
    if (!chart.empty()) out << "\nmemory over time\n" << chart;
}

/// Whether they are repeats or attempts of one run, so that the newest may stand for all.
bool same_run(sql::Connection& connection, const std::vector<std::string>& run_ids) {
    const protocol::Request first = store::load_run(connection, run_ids.front()).record.request;
    return std::ranges::all_of(run_ids, [&](const std::string& id) {
        const protocol::Request other = store::load_run(connection, id).record.request;
        return other.sweep == first.sweep && other.cell == first.cell;
    });
}

std::string find_run(sql::Connection& connection, const std::string& text) {
    const std::vector<std::string> found = store::find_run_ids(connection, text, kMostCandidates);
    if (found.empty()) {
        throw UsageError(fmt::format(
            "there is no run '{}'; `tidemark list --sweep NAME` shows the runs of a sweep", text));
    }
    if (found.size() == 1 || found.front() == text || same_run(connection, found)) return found.front();
    throw UsageError(fmt::format("'{}' may be any of these runs; name one by its id:\n    {}", text,
                                 fmt::join(found, "\n    ")));
}

ExitCode show(const ShowOptions& options, const Context& context) {
    store::Database database = store::Database::open_to_read(options.database);
    const store::StoredRun stored =
        store::load_run(database.connection(), find_run(database.connection(), options.run));
    const sweep::WorkloadCatalogue catalogue(context.installation.workloads);
    const auto* workload = catalogue.find(stored.record.request.workload);
    const std::vector<Table> sections =
        RunPage(stored, workload, own_command(context.arguments.front())).sections();
    if (options.output.for_machines()) {
        write_table(options.output, flattened(sections));
        return ExitCode::Success;
    }
    write_output(options.output, [&](std::ostream& out) {
        for (std::size_t i = 0; i < sections.size(); ++i) {
            if (i > 0) out << '\n';
            report::render(sections[i], options.output.chosen(), out);
        }
        if (options.output.chosen() != report::Format::Text) return;
        print_timeline(out, stored.record);
        const run::RunDirectory directory{std::filesystem::path(stored.record.directory)};
        print_log(out, "stdout", directory.stdout_log());
        print_log(out, "stderr", directory.stderr_log());
    });
    return ExitCode::Success;
}

}  // namespace

Action add_show_verb(Options& declared) {
    auto options = std::make_shared<ShowOptions>();
    declared.required("RUN", options->run, "a run's id or the beginning of it, or a run's name");
    declared.text("--db", options->database, "the database of results");
    options->output.add_to(declared);
    return [options](const Context& context) {
        if (options->database.empty()) options->database = default_database().string();
        return show(*options, context);
    };
}

}  // namespace tidemark::cli
