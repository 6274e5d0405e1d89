#include "capture/earlier_files.hpp"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/file_date.hpp"
#include "capture/left_file.hpp"

namespace tidemark::capture {
namespace {

/// Whether what is written now would get this date: that of the kernel's tick, or of the second where the
/// file system keeps no parts of one.
bool is_date_of_now(const timespec& date) {
    const timespec now = file_date_of_now();
    return date.tv_sec == now.tv_sec && (date.tv_nsec == 0 || date.tv_nsec == now.tv_nsec);
}

void outwait(const timespec& date) {
    const timespec pause{0, 1'000'000};  // 1 ms
    while (is_date_of_now(date)) nanosleep(&pause, nullptr);
}

}  // namespace

EarlierFiles::Stamp EarlierFiles::stamp_of(const std::filesystem::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) return {};
    return {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
            status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

EarlierFiles EarlierFiles::look(const std::vector<protocol::Capture>& captures,
                                const std::filesystem::path& working_directory) {
    EarlierFiles found;
    for (const protocol::Capture& capture : captures) {
        if (capture.file.empty()) continue;
        const std::filesystem::path file = place_of(capture, working_directory);
        Stamp stamp = stamp_of(file);
        if (stamp.empty()) continue;
        outwait({static_cast<time_t>(stamp[3]), static_cast<long>(stamp[4])});
        found.stamps_.emplace(file.string(), std::move(stamp));
    }
    return found;
}

EarlierFiles EarlierFiles::from_json_text(std::string_view text) {
    EarlierFiles found;
    try {
        parse_json(text).get_to(found.stamps_);
    } catch (const JsonProblem&) {
        found.stamps_.clear();
    } catch (const nlohmann::json::exception&) {
        found.stamps_.clear();
    }
    return found;
}

std::string EarlierFiles::to_json_text() const {
    return nlohmann::json(stamps_).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool EarlierFiles::has_unchanged(const std::filesystem::path& file) const {
    const auto known = stamps_.find(file.string());
    return known != stamps_.end() && known->second == stamp_of(file);
}

}  // namespace tidemark::capture
