#pragma once

#include <string>

#include "base/units.hpp"

namespace tidemark::trainer {

/// Gives back all resident pages of mapped files that are as they are on disk; they come back from the page
/// cache when they are touched. Starting LibTorch touches far more of its libraries than training does.
void drop_file_pages();

/// Resident pages of mapped files (RssFile in /proc/self/status).
Bytes resident_file_pages();

}  // namespace tidemark::trainer
