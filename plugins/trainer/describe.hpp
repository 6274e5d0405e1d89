#pragma once

#include <string>

#include "protocol/description.hpp"

namespace tidemark::trainer {

/// What the runner wants to know about this program (`--describe`).
protocol::WorkloadDescription describe();

/// The same table for people (`--help`).
std::string help_text();

/// The GNU build id of the running executable as hexadecimal digits; empty where it was linked without.
std::string build_id();

}  // namespace tidemark::trainer
