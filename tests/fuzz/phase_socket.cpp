// What anybody may send to the warden's socket for phases.
#include "warden/phase_socket.hpp"

#include <cstddef>
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness.hpp"
#include "protocol/phase_announcement.hpp"

namespace {

using namespace tidemark;

int connected_to(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    address.sun_path[0] = '\0';
    const int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    fuzz::must(connect(connection, reinterpret_cast<const sockaddr*>(&address), size) == 0,
               "the socket listens");
    return connection;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kLargestMessage = 64 << 10;  // that a Unix socket surely takes at once
    const std::string name = "@tidemark-fuzz-" + std::to_string(getpid());
    warden::PhaseSocket phases;
    phases.open(name);
    const int connection = connected_to(name);
    const std::string sent(reinterpret_cast<const char*>(data), std::min(size, kLargestMessage));
    const bool is_sent = !sent.empty() && send(connection, sent.data(), sent.size(), MSG_NOSIGNAL) ==
                                              static_cast<ssize_t>(sent.size());
    if (!is_sent) shutdown(connection, SHUT_RDWR);
    std::string begun;
    phases.serve([&](const std::string& phase) { begun = phase; });
    close(connection);
    fuzz::must(begun == (is_sent ? sent.substr(0, protocol::kLongestPhaseName) : ""),
               "a phase begins as it is called");
    return 0;
}
