#include "protocol/phase_announcement.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace tidemark::protocol {

bool announce_phase(const std::string& name) {
    const char* socket_name = std::getenv(kPhaseVariable);
    if (socket_name == nullptr) return false;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(socket_name);
    if (length == 0 || length >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, socket_name, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    const int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connection < 0) return false;
    const timeval patience{0, kPhasePatienceMilliseconds * 1000};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    char answer = 0;
    const bool told =
        connect(connection, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
        send(connection, name.data(), name.size() < kLongestPhaseName ? name.size() : kLongestPhaseName,
             MSG_NOSIGNAL) >= 0 &&
        recv(connection, &answer, 1, 0) == 1;
    close(connection);
    return told;
}

}  // namespace tidemark::protocol
