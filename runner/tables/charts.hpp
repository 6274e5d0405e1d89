#pragma once

#include "report/charts.hpp"
#include "results/current_results.hpp"
#include "results/units.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {

/// The data of a report's charts, all of it from the runs that `results` holds.
report::Charts charts_of(results::CurrentResults& results, const results::Units& units, const Texts& texts);

}  // namespace tidemark::tables
