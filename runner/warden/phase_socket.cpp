#include "warden/phase_socket.hpp"

#include <cstddef>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "protocol/phase_announcement.hpp"

namespace tidemark::warden {

void PhaseSocket::open(const std::string& name) {
    constexpr int kBacklog = 16;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.empty() || name.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, name.data(), name.size());
    address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    socket_ = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return;
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
        listen(socket_, kBacklog) == 0)
        return;
    close(socket_);
    socket_ = -1;
}

PhaseSocket::~PhaseSocket() {
    if (socket_ >= 0) close(socket_);
}

void PhaseSocket::serve(const std::function<void(const std::string& name)>& begin) const {
    for (int connection = 0; (connection = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;
         close(connection)) {
        // whoever connects and says nothing must not hold the run up
        pollfd source{connection, POLLIN, 0};
        if (poll(&source, 1, protocol::kPhasePatienceMilliseconds) <= 0) continue;
        char name[protocol::kLongestPhaseName];
        const ssize_t length = recv(connection, name, sizeof name, MSG_DONTWAIT);
        if (length <= 0) continue;
        begin(std::string(name, static_cast<std::size_t>(length)));
        send(connection, "k", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

}  // namespace tidemark::warden
