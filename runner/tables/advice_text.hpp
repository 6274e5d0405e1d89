#pragma once

#include <string>
#include <vector>

#include "results/advice.hpp"
#include "results/current_results.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {

/// `batch_size 128 → 16`
std::string change_text(const results::Advice& advice);

/// `84.1 MiB (61.0–115 MiB)`
std::string peak_text(const results::Advice& advice);

/// What helps the runs most that ran out of memory, a sentence for each of the first of them, with the
/// command that makes the other run; only what is measured or predicted.
std::vector<std::string> advice_sentences(const sweep::Sweep& sweep, results::CurrentResults& results,
                                          const Texts& texts);

}  // namespace tidemark::tables
