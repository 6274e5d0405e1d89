// The SQL of a table that a sweep file declares, over the results of runs that were made; and the tables in
// all formats.
#include <memory>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "harness.hpp"
#include "report/document.hpp"
#include "report/format.hpp"
#include "results/current_results.hpp"
#include "sql/connection.hpp"
#include "store/database.hpp"
#include "store/sweep_ledger.hpp"
#include "support/example_run.hpp"
#include "tables/report_document.hpp"

namespace {

using namespace tidemark;

std::filesystem::path sweep_file(const std::string& sql) {
    const std::filesystem::path file = fuzz::scratch() / "tables.yaml";
    const auto replace = nlohmann::json::error_handler_t::replace;
    fuzz::write(file,
                "sweep: example\ncommand: [/bin/true, \"{batch_size}\"]\nmatrix: {batch_size: [16, 32]}\n"
                "tables: [{title: Table, sql: " +
                    nlohmann::json(sql).dump(-1, ' ', false, replace) + "}]\n");
    return file;
}

sweep::Sweep load(const std::string& sql) {
    return sweep::Sweep::load(sweep_file(sql), sweep::WorkloadCatalogue(), {});
}

/// With an attempt of each run of the sweep, one of which went well.
store::Database results_of_the_sweep() {
    store::Database database = store::Database::open_or_create(fuzz::scratch() / "results" / "results.db");
    store::Invocation invocation;
    invocation.invocation_id = "invocation1";
    invocation.sweep = "example";
    store::SweepLedger ledger(database, invocation, false);
    const sweep::Sweep sweep = load("SELECT run FROM results");
    for (const sweep::RunSpec& run : sweep.runs()) {
        run::Record record = test::example_record("id" + std::to_string(&run - sweep.runs().data()));
        record.request = sweep.request(run);
        record.request.run_id = "id" + std::to_string(&run - sweep.runs().data());
        record.request.invocation = "invocation1";
        record.request.key = to_text(sweep.key(run));
        record.final_metrics = {{"loss", 0.5}};
        if (&run != sweep.runs().data()) record.outcome = run::Exited{1};
        ledger.claim(record.request, record.directory);
        ledger.record(record);
    }
    return database;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static store::Database database = results_of_the_sweep();
    try {
        const sweep::Sweep sweep = load(std::string(reinterpret_cast<const char*>(data), size));
        results::CurrentResults results(database.connection(),
                                        results::expectation_of(sweep, results::Program::Present));
        fuzz::must(results.made() == 2, "the runs of the sweep were made");
        const report::Document document = tables::report_document(sweep, results, Language::English);
        for (const std::string& format : report::format_names()) {
            std::ostringstream out;
            report::render(document, report::format_from_name(format), out);
        }
    } catch (const Error&) {
    } catch (const sql::SqlError&) {
    }
    return 0;
}
