#pragma once

#include <filesystem>
#include <optional>

#include "capture/capture.hpp"

namespace tidemark::capture {

/// Where the file of a capture lies. Nothing, and the reason reported, where there is none or it is older
/// than the run: it is then what another run left.
std::optional<std::filesystem::path> left_file(const protocol::Capture& capture, const Leavings& leavings,
                                               Captured& found);

}  // namespace tidemark::capture
