#pragma once

#include <ostream>

#include "trainer/options.hpp"
#include "trainer/reporting/event_log.hpp"

namespace tidemark::trainer {

/// A whole training from the data to the last test, told to the event log and, for people, to `out`. Throws
/// what goes wrong.
void train(Options options, EventLog& events, std::ostream& out);

}  // namespace tidemark::trainer
