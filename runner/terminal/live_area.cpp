#include "terminal/live_area.hpp"

#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>

#include "terminal/display_text.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::terminal {
namespace {

// https://www.ecma-international.org/publications-and-standards/standards/ecma-48/: CPL, ED, SGR
constexpr const char* kUpLines = "\x1b[{}F";
constexpr const char* kEraseBelow = "\x1b[J";
constexpr const char* kPlain = "\x1b[0m";

}  // namespace

void LiveArea::write(const std::string& text) const {
    // a terminal that is gone must not end a sweep
    [[maybe_unused]] const ssize_t count = ::write(descriptor_, text.data(), text.size());
}

/// A terminal that has become narrower has broken the lines anew.
std::string LiveArea::erasure() const {
    if (drawn_.empty()) return {};
    const std::size_t width = terminal_width(descriptor_);
    std::size_t rows = 0;
    for (const std::string& line : drawn_)
        rows += std::max<std::size_t>(1, (display_width(line) + width - 1) / width);
    return fmt::format(fmt::runtime(kUpLines), rows) + kEraseBelow;
}

void LiveArea::draw(const std::vector<std::string>& lines) {
    std::string text = erasure();
    const std::size_t width = terminal_width(descriptor_);
    drawn_.clear();
    for (const std::string& line : lines) {
        drawn_.push_back(shortened(visible(line), width));
        text += drawn_.back() + "\n";
    }
    write(text);
}

void LiveArea::write_above(const std::string& line, std::string_view mark, const char* colour) {
    std::string shown = visible(line);
    const std::size_t place = mark.empty() || colour == nullptr ? std::string::npos : shown.find(mark);
    if (place != std::string::npos) {
        shown.insert(place + mark.size(), kPlain);
        shown.insert(place, colour);
    }
    std::string text = erasure() + shown + "\n";
    const std::size_t width = terminal_width(descriptor_);
    for (std::string& below : drawn_) {
        below = shortened(below, width);
        text += below + "\n";
    }
    write(text);
}

void LiveArea::clear() {
    write(erasure());
    drawn_.clear();
}

}  // namespace tidemark::terminal
