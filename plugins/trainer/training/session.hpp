#pragma once

#include <ostream>

#include "trainer/options.hpp"
#include "trainer/reporting/event_log.hpp"

namespace tidemark::trainer {

/// A whole training from the data to the last test, told to the event log and, for people, to `out`. Throws
/// what goes wrong. Of several models, one after the other, the events of those behind the first carry the
/// model's name: `baseline_accuracy`.
void train(Options options, EventLog& events, std::ostream& out);

}  // namespace tidemark::trainer
