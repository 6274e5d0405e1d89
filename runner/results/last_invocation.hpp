#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"

namespace tidemark::results {

/// The newest `tidemark run` of a sweep.
struct LastInvocation {
    std::string sweep;
    std::string file;
    std::string command_line;
    std::string working_directory;
    std::vector<std::string> set;      ///< what `--set` gave it, each `name=value`
    std::vector<std::string> limit{};  ///< the same of `--limit`
    std::optional<int> repeat{};       ///< what `--repeat` gave it
};

/// Of any sweep, also where everything was made before; nothing where there was none. Throws sql::SqlError.
std::optional<LastInvocation> last_invocation(sql::Connection& connection);

/// The newest `tidemark run` that left results of the sweep, for whoever asked for others and found none;
/// nothing where the database has no result of it.
std::optional<LastInvocation> made_otherwise(sql::Connection& connection, std::string_view sweep);

}  // namespace tidemark::results
