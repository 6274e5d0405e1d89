#pragma once

#include "protocol/status.hpp"
#include "report/table.hpp"

namespace tidemark::tables {

/// What a status says at a glance.
report::Tone tone_of(protocol::Status status);

/// A status as a field of a table.
report::Cell status_cell(protocol::Status status);

/// The tone of a word of a declared table that says how something went: `confirmed`, `refuted`, a status.
/// None of any other text.
report::Tone tone_of_word(std::string_view english);

}  // namespace tidemark::tables
