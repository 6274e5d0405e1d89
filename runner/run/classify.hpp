#pragma once

#include <cstddef>

#include "run/record.hpp"
#include "run/run_directory.hpp"

namespace tidemark::run {

/// How much of the end of a log is looked through for why a program ended, in bytes.
inline constexpr std::size_t kTailToSearch = 16 * 1024;

/// How a run ended, by its measurement, its facts and its stderr; whatever metrics it lacks.
Outcome classify(const RunDirectory& directory, const Record& record);

/// Adds a warning where the kernel killed somebody around a run that cannot tell whether it was one of its
/// own.
void warn_of_kills_around(Record& record);

}  // namespace tidemark::run
