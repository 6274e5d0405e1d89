#include "capture/left_file.hpp"

#include <cerrno>

#include <sys/stat.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "capture/series.hpp"

namespace tidemark::capture {
namespace {

/// The kernel dates files by its tick, which lies up to 10 ms back (CONFIG_HZ=100).
constexpr double kTick = 0.01;

double seconds(const timespec& time) {
    constexpr double kNanosecond = 1e-9;
    return static_cast<double>(time.tv_sec) + kNanosecond * static_cast<double>(time.tv_nsec);
}

}  // namespace

std::filesystem::path place_of(const protocol::Capture& capture,
                               const std::filesystem::path& working_directory) {
    return (working_directory / capture.file).lexically_normal();
}

std::optional<std::filesystem::path> left_file(const protocol::Capture& capture, const Leavings& leavings,
                                               Captured& found) {
    std::filesystem::path file = place_of(capture, leavings.working_directory);
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) {
        report_lacking(capture, fmt::format("cannot read {}: {}", file.string(), errno_text(errno)), found);
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        report_lacking(capture, fmt::format("{} is no file", file.string()), found);
        return std::nullopt;
    }
    if (seconds(status.st_mtim) < leavings.started - kTick) {
        report_lacking(capture,
                       fmt::format("{} is older than the run, which did not write it", file.string()), found);
        return std::nullopt;
    }
    if (leavings.earlier.has_unchanged(file)) {
        report_lacking(capture,
                       fmt::format("{} was there before the run, which did not write it", file.string()),
                       found);
        return std::nullopt;
    }
    return file;
}

}  // namespace tidemark::capture
