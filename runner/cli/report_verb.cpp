#include <iostream>
#include <utility>

#include <fmt/format.h>

#include "cli/output.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "report/document.hpp"
#include "report/svg.hpp"
#include "results/changed_variables.hpp"
#include "store/database.hpp"
#include "tables/caveats.hpp"
#include "tables/report_document.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kSvg = "svg";

struct ReportOptions {
    SweepChoice sweep;
    std::string language = "en";
    int table = 0;  ///< counted from 1; 0: all
    bool any_program = false;
    OutputOptions output;
};

void write(const ReportOptions& options, report::Document document) {
    const bool is_picture = options.output.named() == kSvg;
    if (is_picture && options.table == 0)
        throw UsageError("--format svg draws one table; say which with --table N, counted from 1");
    if (options.table == 0) {
        write_document(options.output, std::move(document));
        return;
    }
    const std::size_t count = document.tables.size();
    if (static_cast<std::size_t>(options.table) > count) {
        throw UsageError(fmt::format("--table {}: the report has {} table{}", options.table, count,
                                     count == 1 ? "" : "s"));
    }
    report::Table table = document.tables[static_cast<std::size_t>(options.table) - 1];
    if (options.output.for_machines()) tables::add_disturbed_column(table);
    if (is_picture)
        write_output(options.output, [&](std::ostream& out) {
            report::render_svg(options.output.chosen_of({table}).front(), out);
        });
    else
        write_table(options.output, table);
}

ExitCode make_report(ReportOptions& options, const Context& context) {
    options.sweep.prepare();
    store::Database database = store::Database::open_to_read(options.sweep.database);
    if (!options.sweep.take_last(database.connection())) {
        throw UsageError(fmt::format("{} holds no sweep yet; `tidemark run FILE` makes one",
                                     terminal::shown_path(options.sweep.database)));
    }
    const sweep::WorkloadCatalogue catalogue = load_workloads(context.installation);
    const sweep::Sweep sweep = options.sweep.read(catalogue);
    const auto program = options.any_program ? results::Program::Any : results::Program::Present;
    results::CurrentResults current(database.connection(), results::expectation_of(sweep, program));
    if (!options.any_program && current.made() < current.expected()) {
        for (const std::string& change : results::changed_variables(database.connection(), sweep))
            std::cerr << "note: " << change << '\n';
    }
    report::Document document = tables::report_document(sweep, current, language_from_name(options.language));
    if (options.table == 0 && options.output.named() == "html")
        tables::add_page_parts(document, sweep, current, catalogue);
    write(options, document);
    return ExitCode::Success;
}

}  // namespace

Action add_report_verb(Options& declared) {
    auto options = std::make_shared<ReportOptions>();
    constexpr int kMostTables = 1000;
    options->sweep.declare_for_results(declared, "reports only these runs");
    declared.choice("--lang", options->language, language_names(), "en or zh: the language of the headings");
    declared.flag("--any-program", options->any_program,
                  "includes results of a program or input that has changed since");
    declared.number("--table", options->table, 1, kMostTables, "prints only this table, counted from 1");
    options->output.add_columns_to(declared);
    options->output.add_to(declared, {kSvg});
    return [options](const Context& context) { return make_report(*options, context); };
}

}  // namespace tidemark::cli
