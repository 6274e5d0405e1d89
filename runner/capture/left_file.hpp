#pragma once

#include <filesystem>
#include <optional>

#include "capture/capture.hpp"

namespace tidemark::capture {

/// The file of a capture from JSON or CSV.
std::filesystem::path place_of(const protocol::Capture& capture,
                               const std::filesystem::path& working_directory);

/// Where the file of a capture lies. Nothing, and the reason reported, where there is none or it is older
/// than the run: it is then what another run left.
std::optional<std::filesystem::path> left_file(const protocol::Capture& capture, const Leavings& leavings,
                                               Captured& found);

}  // namespace tidemark::capture
