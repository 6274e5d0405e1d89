#pragma once

struct sqlite3;

namespace tidemark::sql {

/// Throws the connection's last error as SqlError. For this room only.
[[noreturn]] void fail(sqlite3* handle);

}  // namespace tidemark::sql
