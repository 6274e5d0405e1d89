#pragma once

#include <filesystem>
#include <string>

#include "protocol/request.hpp"

namespace tidemark::cluster {

/// The file that a run's command starts, as this machine finds it, and the digest of its content.
struct ProgramHere {
    std::string file;    ///< empty: there is none
    std::string digest;  ///< empty: it cannot be read
};

ProgramHere program_of(const protocol::Request& request);

}  // namespace tidemark::cluster
