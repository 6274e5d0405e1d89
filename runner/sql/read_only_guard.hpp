#pragma once

#include <memory>

#include "base/units.hpp"
#include "sql/connection.hpp"

namespace tidemark::sql {

/// Makes a connection safe for statements written by anybody: as long as the guard lives, the connection can
/// only read. Nothing can be changed, attached, vacuumed into a file or loaded, by an authorizer that allows
/// reading and nothing else; a statement that runs longer than the time limit, or while `interrupted` says
/// so, ends with SqlError::is_interrupted().
class ReadOnlyGuard {
  public:
    using Interrupted = bool (*)();

    ReadOnlyGuard(Connection& connection, Seconds time_limit, Interrupted interrupted = nullptr);
    ReadOnlyGuard(const ReadOnlyGuard&) = delete;
    ReadOnlyGuard& operator=(const ReadOnlyGuard&) = delete;
    ~ReadOnlyGuard();

  private:
    struct Clock;
    Connection& connection_;
    std::unique_ptr<Clock> clock_;
};

}  // namespace tidemark::sql
