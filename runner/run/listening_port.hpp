#pragma once

namespace tidemark::run {

/// Whether a program of this machine listens at the TCP port, at whatever address. It is not connected to,
/// which the program might take for a client.
bool is_listened_at(int port);

}  // namespace tidemark::run
