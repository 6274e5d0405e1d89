#include "base/clock.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include <fmt/format.h>

#include "base/file_date.hpp"

namespace tidemark {

Seconds monotonic_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return Seconds{static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9};
}

std::string utc_now() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    tm parts{};
    gmtime_r(&now.tv_sec, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_nsec / 1'000'000);
}

std::optional<double> unix_time(const std::string& utc) {
    std::tm parts{};
    double second = 0;
    if (std::sscanf(utc.c_str(), "%d-%d-%dT%d:%d:%lfZ", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                    &parts.tm_hour, &parts.tm_min, &second) != 6) {
        return std::nullopt;
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return static_cast<double>(timegm(&parts)) + second;
}

Seconds seconds_since(const std::string& utc) {
    const auto then = unix_time(utc);
    if (!then) return Seconds{0};
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return Seconds{
        std::max(0.0, static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 - *then)};
}

timespec file_date_of_now() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now;
}

}  // namespace tidemark
