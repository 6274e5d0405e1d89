#pragma once

// What a program tells Tidemark while it runs: its phases, its metrics, how far it is. Copy this file beside
// your program; it needs C++17, Linux and nothing else.
//
//     #include "tidemark_events.hpp"
//
//     tidemark_events::phase("load");            // from here on memory is booked on this phase, with its
//     exact peak tidemark_events::progress(12, 50, 1.42);   // step, steps, loss
//     tidemark_events::metric("accuracy", 0.8712, 1);   // name, value, epoch
//     tidemark_events::info("params", 13957074);
//
// Outside a run of Tidemark every call does nothing. None of them ever throws for want of a disk or a
// listener: what is told about a program must not end it. A name that cannot become a column of the results
// (it must match [a-z_][a-z0-9_]* and have at most 64 letters) throws std::invalid_argument, in a run as
// outside of one, so that it is found while the program is written. Every call may come from any thread.

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace tidemark_events {
namespace detail {

constexpr const char* kEvents = "TIDEMARK_EVENTS";  // the file that events are appended to
constexpr const char* kPhase = "TIDEMARK_PHASE";    // the warden's socket
constexpr int kPatienceMicroseconds = 100'000;      // the longest wait for the warden's answer
constexpr std::size_t kLongestName = 64;            // of a column
constexpr double kProgressPeriod = 0.2;  // seconds; what comes more often is left out, but for the last step

inline double now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

inline const std::string& checked(const std::string& name) {
    bool fine = !name.empty() && name.size() <= kLongestName && !(name[0] >= '0' && name[0] <= '9');
    for (const char letter : name) {
        fine =
            fine && ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_');
    }
    if (!fine) {
        throw std::invalid_argument(
            "tidemark_events: '" + name +
            "' is no name; it must match [a-z_][a-z0-9_]* and have at most 64 letters");
    }
    return name;
}

// Shortest text that reads back as the same number; what is not finite has a name.
inline std::string number(double value) {
    if (std::isnan(value)) return "\"nan\"";
    if (std::isinf(value)) return value > 0 ? "\"inf\"" : "\"-inf\"";
    char text[32];
    for (const int digits : {15, 16, 17}) {
        std::snprintf(text, sizeof text, "%.*g", digits, value);
        if (std::strtod(text, nullptr) == value) break;
    }
    for (char* letter = text; *letter != '\0'; ++letter) {
        if (*letter == ',') *letter = '.';  // as some locales have it
    }
    return text;
}

inline std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (code < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(code));
            out += escape;
        } else {
            out += letter;
        }
    }
    return out + '"';
}

// `members`: the event's, without its braces.
inline void write(const std::string& members) {
    const char* path = std::getenv(kEvents);
    if (path == nullptr || *path == '\0') return;
    const std::string line = "{" + members + ",\"t\":" + number(now()) + "}\n";
    const int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return;
    // in one call, so that a reader sees whole lines, whichever process or thread writes them
    const ssize_t written = ::write(file, line.data(), line.size());
    static_cast<void>(written);
    close(file);
}

inline bool announce(const std::string& name) {
    const char* place = std::getenv(kPhase);
    if (place == nullptr) return false;
    sockaddr_un address{};
    const std::size_t length = std::strlen(place);
    if (length == 0 || length >= sizeof address.sun_path) return false;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, place, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // the abstract namespace, unix(7)
    const int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connection < 0) return false;
    const timeval patience{0, kPatienceMicroseconds};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    char answer = 0;
    const bool told = connect(connection, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                      send(connection, name.data(), name.size(), MSG_NOSIGNAL) >= 0 &&
                      recv(connection, &answer, 1, 0) == 1;
    close(connection);
    return told;
}

}  // namespace detail

/// Whether Tidemark started this program.
inline bool in_run() {
    const char* path = std::getenv(detail::kEvents);
    return path != nullptr && *path != '\0';
}

/// A figure; with an epoch a point of a series, whose last one is the figure of the run.
inline void metric(const std::string& name, double value, std::optional<std::int64_t> epoch = std::nullopt) {
    detail::write("\"event\":\"metric\",\"name\":" + detail::quoted(detail::checked(name)) + ",\"value\":" +
                  detail::number(value) + (epoch ? ",\"epoch\":" + std::to_string(*epoch) : std::string()));
}

/// A fact about the run: numbers become columns of the results as metrics do, texts are provenance.
inline void info(const std::string& name, double value) {
    detail::write("\"event\":\"info\",\"name\":" + detail::quoted(detail::checked(name)) +
                  ",\"value\":" + detail::number(value));
}
inline void info(const std::string& name, const std::string& text) {
    detail::write("\"event\":\"info\",\"name\":" + detail::quoted(detail::checked(name)) +
                  ",\"value\":" + detail::quoted(text));
}

/// How far the run is, for the live display; cheap enough to be called for every step.
inline void progress(std::int64_t step, std::int64_t total, std::optional<double> loss = std::nullopt) {
    static std::atomic<double> last{-1e300};
    if (!in_run()) return;
    const double now = detail::now();
    if (step != total && now - last.load() < detail::kProgressPeriod) return;
    last = now;
    detail::write("\"event\":\"progress\",\"step\":" + std::to_string(step) + ",\"total\":" +
                  std::to_string(total) + (loss ? ",\"loss\":" + detail::number(*loss) : std::string()));
}

/// From here on the program is in this phase. Returns whether the peak of the phase before is exact: whether
/// the warden has read it and reset the mark, for which it is waited 100 ms at most.
inline bool phase(const std::string& name) {
    const bool exact = detail::announce(detail::checked(name));
    detail::write("\"event\":\"phase\",\"name\":" + detail::quoted(name));
    return exact;
}

}  // namespace tidemark_events
