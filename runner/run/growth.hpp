#pragma once

#include "run/record.hpp"

namespace tidemark::run {

/// The first epoch is left out: programs set themselves up in it. Of the others so many must have a sample.
inline constexpr int kFewestEpochs = 5;

/// The largest sample of each epoch, and whether memory grows from one to the next (analysis/trend), with a
/// warning where it does for certain. The samples must all be there, in order of time; where there is no
/// figure, `missing` says why.
void tell_growth(Record& record);

}  // namespace tidemark::run
