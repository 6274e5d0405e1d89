#pragma once

#include <string>
#include <vector>

#include "run/launcher.hpp"

namespace tidemark::run {

/// What a launcher tells beside that runs have ended where they wait in a queue for other machines. Each is
/// made there whole, with the steps around its program, and on CPUs that are given to it there.
class Queue {
  public:
    virtual ~Queue() = default;

    /// Goes on with a run that another runner has handed over. Of one that it did not it is as start().
    virtual void adopt(const Launch& launch) = 0;

    /// The run_ids of those that have begun on a machine since the last call.
    virtual std::vector<std::string> begun() = 0;

    /// What the others wait for, for people: `12 pending (Resources)`. Empty: none waits.
    virtual std::string text() const = 0;

    /// Whether the queue has all that were started, so that no runner is needed any more until they end.
    virtual bool has_all() const = 0;

    /// This runner goes, and leaves them there: the next one need not wait until it is known to be gone.
    virtual void leave() = 0;
};

}  // namespace tidemark::run
