#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/value.hpp"
#include "sql/connection.hpp"
#include "store/liveness.hpp"

namespace tidemark::store {

/// One `tidemark run`, as it is stored.
struct Invocation {
    std::string invocation_id;
    std::string sweep;
    std::string description;
    std::string file;
    std::string command_line;
    std::string working_directory;
    std::size_t planned = 0;
    std::vector<std::pair<std::string, Value>> provenance;  ///< of tidemark and of the machine
    std::string started_at{};
    ProcessIdentity process{};  ///< that makes it, or made it
};

/// Stores one that has begun, or, with `finished_at`, one that came back from its run directories. One that
/// is there stays as it is.
void insert_invocation(sql::Connection& connection, const Invocation& invocation,
                       std::string_view finished_at = {});

/// For the run directories, from which it can come back.
std::string to_json_text(const Invocation& invocation);

/// Throws std::invalid_argument where the text is none.
Invocation invocation_from_json_text(std::string_view text);

}  // namespace tidemark::store
