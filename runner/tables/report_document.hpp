#pragma once

#include "report/document.hpp"
#include "results/current_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// Everything that `tidemark report` says of a sweep, from what the database holds of its current expansion.
report::Document report_document(const sweep::Sweep& sweep, results::CurrentResults& results,
                                 Language language);

/// Adds what only the page has: all runs with all that is known of them, and the data of its charts.
void add_page_parts(report::Document& document, const sweep::Sweep& sweep, results::CurrentResults& results,
                    const sweep::WorkloadCatalogue& catalogue);

}  // namespace tidemark::tables
