#include "data/download_progress.hpp"

#include <cmath>
#include <iostream>

#include <unistd.h>

#include <fmt/format.h>

#include "terminal/signals.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::data {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr std::size_t kBarWidth = 12;  // what fits in 80 columns with the longest name
constexpr std::int64_t kTenths = 10;

double share_of(const RemoteFile& file, std::int64_t bytes) {
    return file.size == 0 ? 1 : static_cast<double>(bytes) / static_cast<double>(file.size);
}

}  // namespace

std::string bar(double share, std::size_t width) {
    const auto full = static_cast<std::size_t>(std::floor(share * static_cast<double>(width)));
    return "[" + std::string(full, '#') + std::string(width - full, '-') + "]";
}

DownloadProgress::DownloadProgress() : redraws_(terminal::can_redraw(STDERR_FILENO)), area_(STDERR_FILENO) {}

void DownloadProgress::start(const RemoteFile& file, std::int64_t bytes) {
    name_ = file.name();
    bytes_at_start_ = bytes;
    tenths_ = file.size == 0 ? 0 : bytes * kTenths / file.size;
    start_ = Clock::now();
    drawn_ = {};
    if (redraws_) return;
    const std::string before =
        bytes == 0 ? "" : fmt::format(", {} of it here already", to_text(Bytes{bytes}));
    std::cerr << fmt::format("{}: {}{}\n", name_, to_text(Bytes{file.size}), before);
}

void DownloadProgress::progress(const RemoteFile& file, std::int64_t bytes) {
    if (file.name() != name_) start(file, bytes);
    if (redraws_) {
        draw_bar(file, bytes);
        return;
    }
    const std::int64_t tenths = file.size == 0 ? kTenths : bytes * kTenths / file.size;
    if (tenths > tenths_)
        std::cerr << fmt::format("{}: {} % ({})\n", name_, tenths * kTenths, to_text(Bytes{bytes}));
    tenths_ = tenths;
}

void DownloadProgress::draw_bar(const RemoteFile& file, std::int64_t bytes) {
    const auto now = Clock::now();
    const bool whole = bytes == file.size;
    if (!whole && now - drawn_ < kBetweenDrawings) return;
    drawn_ = now;
    const double share = share_of(file, bytes);
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = seconds > 0 ? static_cast<double>(bytes - bytes_at_start_) / seconds : 0;
    const std::string line = fmt::format(
        "{} {} {:.0f} %  {} of {}  {}/s", name_, bar(share, kBarWidth), std::floor(share * 100),
        to_text(Bytes{bytes}), to_text(Bytes{file.size}), to_text(Bytes{static_cast<std::int64_t>(rate)}));
    if (!whole) {
        area_.draw({line});
    } else if (bytes > bytes_at_start_) {
        area_.clear();
        area_.write_above(line);
        bytes_at_start_ = bytes;  // so that it is told once
    }
}

void DownloadProgress::note(const std::string& text) {
    if (redraws_)
        area_.write_above(text);
    else
        std::cerr << text << '\n';
}

bool DownloadProgress::wants_to_stop() const {
    return terminal::SignalInterruption::any();
}

}  // namespace tidemark::data
