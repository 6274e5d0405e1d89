#pragma once

#include <functional>
#include <string>

namespace tidemark::warden {

/// Where programs announce their phases (protocol/phase_announcement.hpp). In the abstract namespace: it
/// needs no file, and is gone with the warden. A program in a network namespace of its own cannot reach it,
/// and then has no exact peaks by phase.
class PhaseSocket {
  public:
    PhaseSocket() = default;
    PhaseSocket(const PhaseSocket&) = delete;
    PhaseSocket& operator=(const PhaseSocket&) = delete;
    ~PhaseSocket();

    void open(const std::string& name);  ///< `@…`, as it stands in TIDEMARK_PHASE

    int descriptor() const {
        return socket_;
    }  ///< readable when somebody has something to announce; -1: there is none

    /// Takes all announcements that wait, calls `begin` for each, and answers when it has returned.
    void serve(const std::function<void(const std::string& name)>& begin) const;

  private:
    int socket_ = -1;
};

}  // namespace tidemark::warden
