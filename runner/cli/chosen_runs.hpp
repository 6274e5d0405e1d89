#pragma once

#include <string>
#include <vector>

#include "sql/connection.hpp"

namespace tidemark::cli {

/// Which attempts at a run are meant by its name, and by a condition.
enum class Attempts { All, Latest };

/// What is said where no run is called so: how they are listed, and the nearest name.
std::string no_such_run(sql::Connection& connection, const std::string& text);

/// By a condition over `attempts`, or over `results` where the latest are meant. Throws UsageError, which
/// shows the condition.
std::vector<std::string> chosen_by_condition(sql::Connection& connection, const std::string& where,
                                             Attempts which);

/// A run by its name is its attempts, of every repeat; an id, its beginning or its end is one of them. Throws
/// UsageError where nothing or several things are meant.
std::vector<std::string> chosen_by_name(sql::Connection& connection, const std::string& run, Attempts which);

}  // namespace tidemark::cli
