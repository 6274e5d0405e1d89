#pragma once

#include "capture/capture.hpp"

namespace tidemark::capture {

/// The value at a pointer (RFC 6901) into a JSON file; where that is a list, its numbers one after the other.
/// A file that has an object on each line (JSON lines) has those of its lines one after the other.
void take_from_json(const protocol::Capture& capture, const Leavings& leavings, Captured& found);

}  // namespace tidemark::capture
