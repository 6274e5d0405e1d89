#include "base/identifier.hpp"

#include <cerrno>
#include <cstdint>
#include <ctime>

#include <sys/random.h>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark {

std::string new_identifier() {
    std::uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
        throw CannotGoOn(fmt::format("cannot get random numbers for an identifier: {}", errno_text(errno)));
    }
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}-{:012x}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       random & 0xffff'ffff'ffffULL);
}

}  // namespace tidemark
