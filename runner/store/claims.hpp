#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request.hpp"
#include "sql/connection.hpp"
#include "store/liveness.hpp"

namespace tidemark::store {

/// That a run is being made right now, and by which process. A claim whose process is gone was abandoned.
struct LiveClaim {
    std::string sweep;
    std::string key;
    int repeat = 1;
    std::string run_id;
    std::string run;
    std::string directory;
    std::string invocation;
    std::string started_at;
    ProcessIdentity process;
    bool queue = false;  ///< it is made by way of a queue of other machines
};

/// Whether the run is still being made. On another host (or in a container, whose name is its own) this is
/// told by its directory, in which a warden writes a sample at least every few minutes; one that cannot be
/// seen from here counts as alive. One that a queue has lives until its node says that it has ended, also
/// where its runner is gone.
bool is_alive(const LiveClaim& claim);

/// Whether it was handed to a queue.
bool is_queued(const LiveClaim& claim);
/// And has not begun there.
bool is_pending(const LiveClaim& claim);
/// Whether the runner that has handed it over is known to be gone.
bool is_runner_gone(const LiveClaim& claim);

/// All claims, or those of one invocation.
std::vector<LiveClaim> claims(sql::Connection& connection, std::string_view invocation = {});

/// The claim on this sweep, key and repeat, if there is one.
std::optional<LiveClaim> find_claim(sql::Connection& connection, const protocol::Request& request);

/// Within the caller's transaction; replaces the claim that there may be.
void insert_claim(sql::Connection& connection, const protocol::Request& request, std::string_view directory);
/// Another invocation makes it from here on.
void take_over_claim(sql::Connection& connection, std::string_view run_id, std::string_view invocation);
void delete_claim(sql::Connection& connection, std::string_view run_id);

}  // namespace tidemark::store
