#include "tables/report_document.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/units.hpp"
#include "protocol/result_columns.hpp"
#include "results/last_invocation.hpp"
#include "results/units.hpp"
#include "store/sweep_ledger.hpp"
#include "tables/advice_text.hpp"
#include "tables/caveats.hpp"
#include "tables/ceilings.hpp"
#include "tables/charts.hpp"
#include "tables/declared_table.hpp"
#include "tables/default_tables.hpp"
#include "tables/failures.hpp"
#include "tables/run_details.hpp"
#include "tables/run_sheet.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {
namespace {

class ReportDocument {
  public:
    ReportDocument(const sweep::Sweep& sweep, results::CurrentResults& results, Language language)
        : sweep_(sweep), results_(results), texts_(language) {}

    report::Document build() {
        document_.language = texts_.language();
        document_.title = sweep_.name();
        document_.description = sweep_.description();
        const auto definitions = tables_of(sweep_, results_);
        for (std::size_t i = 0; i < definitions.size(); ++i)
            document_.tables.push_back(
                declared_table(sweep_, i, definitions[i], results_, texts_.language()));
        add_completeness();
        add_failures();
        add_note(note_on_repeats(sweep_, results_, document_.tables, texts_));
        add_note(note_on_disturbed(document_.tables, texts_), true);
        add_note(note_on_doubts(document_.tables, texts_));
        add_note(note_on_machines(results_, texts_), true);
        add_note(note_on_limits(results_, texts_));
        for (std::string& sentence : caveat_sentences(sweep_)) add_note(std::move(sentence), true);
        add_origin();
        return std::move(document_);
    }

  private:
    /// An empty one is none.
    void add_note(std::string text, bool is_warning = false) {
        if (!text.empty()) document_.notes.push_back({std::move(text), is_warning});
    }

    void add_completeness() {
        const std::size_t expected = results_.expected();
        const std::size_t lacking = expected - results_.made();
        if (lacking == 0) return;
        add_note(texts_.not_made_as_now(lacking, expected), true);
        if (results_.made() > 0) return;
        if (const auto last = results::made_otherwise(results_.connection(), sweep_.name()))
            add_note(texts_.made_otherwise(last->command_line), true);
    }

    void add_failures() {
        const Failures failures = failures_of(results_, texts_);
        for (const Failure& failure : failures.first)
            add_note(protocol::told_reason(failure.text, failure.last_words), true);
        if (failures.more > 0) add_note(texts_.more_failures(failures.more), true);
        for (std::string& sentence : advice_sentences(sweep_, results_, texts_))
            add_note(std::move(sentence));
    }

    /// The values that a fact of the machine has, of which there is more than one where runs were made on
    /// several.
    std::string fact(std::string_view name) {
        const auto values =
            results_.connection().reuse("SELECT DISTINCT value FROM provenance WHERE name = ?");
        values->bind_all(name);
        std::string text;
        while (values->step()) {
            Value value = values->value(0);
            const auto* bytes = std::get_if<std::int64_t>(&value);
            const bool is_memory = bytes != nullptr && name.ends_with("_bytes");
            text += (text.empty() ? "" : " / ") + (is_memory ? to_text(Bytes{*bytes}) : to_text(value));
        }
        return text;
    }

    /// The facts of `provenance` that the last line tells, and what it calls them: those of the machine, and
    /// the versions that the workloads want to be told.
    std::vector<std::pair<std::string, std::string>> shown_facts() const {
        std::vector<std::pair<std::string, std::string>> facts{
            {"cpu", "CPU"}, {"cores", "cores"}, {"memory_bytes", "memory"}, {"kernel", "kernel"}};
        for (const auto* workload : sweep_.workloads()) {
            for (const auto& [version, title] : workload->version_titles)
                facts.emplace_back(store::version_fact(workload->workload, version), title);
        }
        return facts;
    }

    void add_origin() {
        if (results_.made() == 0) return;
        sql::Statement when = results_.connection().prepare(
            "SELECT substr(min(started_at), 1, 10), substr(max(started_at), 1, 10) FROM results");
        when.step();
        const std::string first = when.text(0);
        const std::string last = when.text(1);
        document_.origin.emplace_back("measured", first == last ? first : first + " – " + last);
        for (const auto& [name, label] : shown_facts()) {
            if (std::string value = fact(name); !value.empty())
                document_.origin.emplace_back(label, std::move(value));
        }
        document_.origin.emplace_back("tidemark",
                                      fmt::format("{} ({})", fact("tidemark"), fact("tidemark_commit")));
        document_.origin.emplace_back("made by", commands());
    }

    /// Those that made the runs which are shown, in the order in which they were given; the same one more
    /// than once is a sweep that was interrupted and went on.
    std::string commands() {
        sql::Statement command = results_.connection().prepare(
            "SELECT command_line FROM main.invocations JOIN main.runs USING(invocation_id) "
            "JOIN temp.shown_repeats AS shown USING(run_id) GROUP BY 1 ORDER BY min(runs.started_at), "
            "min(runs.rowid)");
        constexpr int kMost = 5;
        std::string text;
        int found = 0;
        for (; command.step(); ++found) {
            if (found < kMost) text += (text.empty() ? "" : " · ") + command.text(0);
        }
        return found > kMost ? fmt::format("{} · … ({} commands)", text, found) : text;
    }

    const sweep::Sweep& sweep_;
    results::CurrentResults& results_;
    Texts texts_;
    report::Document document_;
};

std::size_t runs_with_warnings(const results::CurrentResults& results) {
    sql::Statement count = results.connection().prepare(
        "SELECT count(DISTINCT run) FROM temp.shown_repeats JOIN main.warnings USING(run_id)");
    count.step();
    return static_cast<std::size_t>(count.integer(0));
}

}  // namespace

report::Document report_document(const sweep::Sweep& sweep, results::CurrentResults& results,
                                 Language language) {
    return ReportDocument(sweep, results, language).build();
}

void add_page_parts(report::Document& document, const sweep::Sweep& sweep, results::CurrentResults& results,
                    const sweep::WorkloadCatalogue& catalogue) {
    const Texts texts(document.language);
    const results::Units units = results::units_of(sweep, results);
    report::RunSheet& sheet = document.sheet.emplace(run_sheet(sweep, results, units, texts));
    sheet.replaces_tables = sweep.tables().empty();
    try {
        add_ceilings(sheet, sweep, results);
    } catch (const UsageError& error) {  // of a check; the report is not about checks alone
        document.notes.push_back({error.what(), true});
    }
    if (const std::size_t count = runs_with_warnings(results); count > 0)
        document.notes.push_back({texts.runs_with_warnings(count), true});
    add_run_details(sheet, sweep, results, catalogue, texts);
    const std::string note = note_on_repeats(sweep, results, {&sheet.table, 1}, texts);
    const auto has_it = [&](const report::Note& known) { return known.text == note; };
    if (!note.empty() && std::ranges::none_of(document.notes, has_it))
        document.notes.push_back({note, false});
    document.charts = charts_of(results, units, texts);
}

}  // namespace tidemark::tables
