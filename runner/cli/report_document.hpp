#pragma once

#include "report/document.hpp"
#include "store/sweep_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// Everything that `tidemark report` says of a sweep, from what the database holds of its current expansion.
report::Document report_document(const sweep::Sweep& sweep, store::SweepResults& results,
                                 report::Language language);

}  // namespace tidemark::cli
