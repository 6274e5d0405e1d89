#pragma once

#include "report/charts.hpp"
#include "report/language.hpp"
#include "store/sweep_results.hpp"

namespace tidemark::cli {

/// The data of a report's charts, all of it from the runs that `results` holds.
report::Charts charts_of(const store::SweepResults& results, report::Language language);

}  // namespace tidemark::cli
