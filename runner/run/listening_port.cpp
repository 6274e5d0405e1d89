#include "run/listening_port.hpp"

#include <cstdio>
#include <fstream>
#include <string>

namespace tidemark::run {

bool is_listened_at(int port) {
    // https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt: "0: 0100007F:1F90 00000000:0000
    // 0A"
    constexpr unsigned kListening = 0x0A;
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream sockets(table);
        for (std::string line; std::getline(sockets, line);) {
            unsigned local = 0;
            unsigned state = 0;
            if (std::sscanf(line.c_str(), "%*d: %*[0-9A-F]:%X %*[0-9A-F]:%*X %X", &local, &state) != 2)
                continue;
            if (local == static_cast<unsigned>(port) && state == kListening) return true;
        }
    }
    return false;
}

}  // namespace tidemark::run
