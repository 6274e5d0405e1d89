#include "sql/read_only_guard.hpp"

#include <string_view>

#include <sqlite3.h>

#include "base/clock.hpp"

namespace tidemark::sql {
namespace {

/// Steps of SQLite's virtual machine between two looks at the clock: some tens of microseconds.
constexpr int kStepsBetweenLooks = 20'000;

int authorize(void*, int action, const char* first, const char* second, const char*, const char*) {
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_RECURSIVE:
            return SQLITE_OK;
        case SQLITE_FUNCTION: {
            const std::string_view function = second != nullptr ? second : "";
            return function == "load_extension" || function == "writefile" ? SQLITE_DENY : SQLITE_OK;
        }
        case SQLITE_PRAGMA: {
            // pragmas that describe the schema, without an argument that would set something
            const std::string_view pragma = first != nullptr ? first : "";
            const bool describes = pragma == "table_info" || pragma == "table_xinfo" ||
                                   pragma == "table_list" || pragma == "index_list" ||
                                   pragma == "index_info" || pragma == "database_list";
            return describes ? SQLITE_OK : SQLITE_DENY;
        }
        default:
            return SQLITE_DENY;
    }
}

}  // namespace

struct ReadOnlyGuard::Clock {
    Seconds deadline;
    Interrupted interrupted = nullptr;

    static int look(void* self) {
        const auto* clock = static_cast<const Clock*>(self);
        const bool asked = clock->interrupted != nullptr && clock->interrupted();
        return asked || monotonic_now() > clock->deadline ? 1 : 0;
    }
};

ReadOnlyGuard::ReadOnlyGuard(Connection& connection, Seconds time_limit, Interrupted interrupted)
    : connection_(connection),
      clock_(std::make_unique<Clock>(Clock{Seconds{monotonic_now().value + time_limit.value}, interrupted})) {
    sqlite3_set_authorizer(connection_.handle(), authorize, nullptr);
    sqlite3_progress_handler(connection_.handle(), kStepsBetweenLooks, Clock::look, clock_.get());
}

ReadOnlyGuard::~ReadOnlyGuard() {
    connection_.heed_bound();
    sqlite3_set_authorizer(connection_.handle(), nullptr, nullptr);
}

}  // namespace tidemark::sql
