#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "capture/capture.hpp"

namespace tidemark::capture {

/// Every line of a log with its number, the last one too where it has no line end. A carriage return ends a
/// line as well, for so progress bars write. Lines of over 1 MiB are passed over. Memory is constant.
void for_each_line(const std::filesystem::path& log,
                   const std::function<void(std::int64_t, std::string_view)>& use);

/// One pass through a log for all of the captures that read it.
void scan_log(const std::filesystem::path& log, const std::vector<const protocol::Capture*>& captures,
              Captured& found);

}  // namespace tidemark::capture
