#include "tables/run_details.hpp"

#include <map>

#include "base/files.hpp"
#include "run/run_directory.hpp"
#include "store/queries.hpp"
#include "tables/run_page.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::tables {
namespace {

using report::DetailSection;
using report::RunSheet;

/// Others than who wrote the page read it, so that it does not say where his program lies.
constexpr const char* kCommand = "tidemark";
constexpr std::size_t kLogTail = 1500;  // bytes of each log; a page may have a thousand of them
constexpr std::size_t kLargestFile = 64 * 1024;

DetailSection section_of(const report::Table& table) {
    DetailSection section;
    section.title = terminal::visible(table.title);
    report::Presentation shown = present(table);
    for (auto& column : shown.columns) section.headings.push_back(std::move(column.heading));
    section.rows = std::move(shown.rows);
    return section;
}

/// The sections of all runs, each once.
class SectionPool {
  public:
    explicit SectionPool(RunSheet& sheet) : sheet_(sheet) {}

    std::size_t add(DetailSection section) {
        const auto [known, is_new] = known_.try_emplace(section, sheet_.sections.size());
        if (is_new) sheet_.sections.push_back(std::move(section));
        return known->second;
    }

  private:
    RunSheet& sheet_;
    std::map<DetailSection, std::size_t> known_;
};

class RunDetails {
  public:
    RunDetails(RunSheet& sheet, const sweep::Sweep& sweep, results::CurrentResults& results,
               const sweep::WorkloadCatalogue& catalogue, const Texts& texts)
        : sheet_(sheet),
          sweep_(sweep),
          results_(results),
          catalogue_(catalogue),
          texts_(texts),
          pool_(sheet) {}

    void add() {
        const std::vector<std::string> run_ids = shown_repeats();
        for (std::size_t run = 0; run < run_ids.size(); ++run) {
            if (!run_ids[run].empty()) add(sheet_.runs[run], run_ids[run]);
        }
        add_sweep_file();
    }

  private:
    /// Of each run the first repeat that went as the run did; empty: none was made.
    std::vector<std::string> shown_repeats() {
        std::vector<std::string> run_ids(sheet_.runs.size());
        std::vector<bool> is_found(sheet_.runs.size());
        sql::Statement rows = results_.connection().prepare(
            "SELECT number, run_id, status FROM temp.shown_repeats WHERE run_id IS NOT NULL "
            "ORDER BY number, repeat");
        while (rows.step()) {
            const auto number = static_cast<std::size_t>(rows.integer(0));
            const bool fits = rows.text(2) == to_text(results_.runs()[number].status);
            if (is_found[number] || (!fits && !run_ids[number].empty())) continue;
            run_ids[number] = rows.text(1);
            is_found[number] = fits;
        }
        return run_ids;
    }

    void add(report::SheetRun& run, const std::string& run_id) {
        const store::StoredRun stored = store::load_run(results_.connection(), run_id);
        for (const report::Table& table : run_page(stored, catalogue_, kCommand))
            run.sections.push_back(pool_.add(section_of(table)));
        if (sweep_.has_secrets()) {
            DetailSection left_out{texts_.word("logs"), {}, {}, texts_.logs_may_hold_secrets()};
            run.sections.push_back(pool_.add(std::move(left_out)));
            return;
        }
        const run::RunDirectory directory{std::filesystem::path(stored.record.directory)};
        add_log(run, "the end of its stdout", directory.stdout_log());
        add_log(run, "the end of its stderr", directory.stderr_log());
    }

    void add_log(report::SheetRun& run, const char* title, const std::filesystem::path& file) {
        const std::string tail = read_tail(file, kLogTail);
        if (tail.empty()) return;
        run.sections.push_back(
            pool_.add(DetailSection{texts_.word(title), {}, {}, terminal::visible_lines(tail)}));
    }

    void add_sweep_file() {
        if (sweep_.has_secrets()) return;
        const auto text = read_file(sweep_.file());
        if (!text || text->size() > kLargestFile) return;
        sheet_.files.push_back(
            {terminal::visible(sweep_.file().filename().string()), {}, {}, terminal::visible_lines(*text)});
    }

    RunSheet& sheet_;
    const sweep::Sweep& sweep_;
    results::CurrentResults& results_;
    const sweep::WorkloadCatalogue& catalogue_;
    const Texts& texts_;
    SectionPool pool_;
};

}  // namespace

void add_run_details(RunSheet& sheet, const sweep::Sweep& sweep, results::CurrentResults& results,
                     const sweep::WorkloadCatalogue& catalogue, const Texts& texts) {
    RunDetails(sheet, sweep, results, catalogue, texts).add();
}

}  // namespace tidemark::tables
