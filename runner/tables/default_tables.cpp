#include "tables/default_tables.hpp"

#include "report/language.hpp"
#include "sql/connection.hpp"
#include "tables/shown_metrics.hpp"

namespace tidemark::tables {
namespace {

/// A table of runs as one would declare it.
sweep::TableDefinition default_table(const char* title, const std::vector<std::string>& parameters,
                                     const std::vector<std::string>& measured,
                                     const std::vector<std::string>& metrics) {
    sweep::TableDefinition table;
    table.title = {title, report::translated(title, Language::Chinese)};
    table.sql = "SELECT run";
    for (const auto* names : {&parameters, &measured, &metrics}) {
        for (const std::string& name : *names) table.sql += ", " + sql::quoted_name(name);
    }
    table.sql += " FROM results";
    return table;
}

}  // namespace

std::vector<sweep::TableDefinition> tables_of(const sweep::Sweep& sweep,
                                              const results::CurrentResults& results) {
    if (!sweep.tables().empty()) return sweep.tables();
    return {default_table("Comparison", differing_parameters(sweep), {"status", "peak_rss_bytes", "wall_s"},
                          shown_metrics(sweep, results, false)),
            default_table("Memory", {"status"},
                          {"peak_rss_bytes", "peak_rss_low_bytes", "peak_rss_high_bytes", "final_rss_bytes",
                           "peak_swap_bytes", "major_faults"},
                          {}),
            default_table("Time", {"status"}, {"wall_s", "user_s", "system_s"}, {})};
}

}  // namespace tidemark::tables
