#pragma once

#include <string>
#include <vector>

#include "run/record.hpp"

namespace tidemark::run {

/// Takes the shares out of the record, `accuracy` say, that have a value which none can have: most often a
/// number of percent, and nobody may read 97.5 as 9750 %. They are missing then, with the reason and the way
/// out. Returns what is wrong with those that a capture must have, one sentence each.
std::vector<std::string> refuse_impossible_shares(Record& record);

}  // namespace tidemark::run
