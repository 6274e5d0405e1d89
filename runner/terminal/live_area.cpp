#include "terminal/live_area.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "terminal/display_text.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::terminal {
namespace {

// https://www.ecma-international.org/publications-and-standards/standards/ecma-48/: CPL, ED
constexpr const char* kUpLines = "\x1b[{}F";
constexpr const char* kEraseBelow = "\x1b[J";

}  // namespace

void LiveArea::write(const std::string& text) const {
    // a terminal that is gone must not end a sweep
    [[maybe_unused]] const ssize_t count = ::write(descriptor_, text.data(), text.size());
}

std::string LiveArea::erasure() const {
    if (drawn_.empty()) return {};
    return fmt::format(fmt::runtime(kUpLines), drawn_.size()) + kEraseBelow;
}

void LiveArea::draw(const std::vector<std::string>& lines) {
    std::string text = erasure();
    drawn_ = lines;
    const std::size_t width = terminal_width(descriptor_);
    for (const std::string& line : lines) text += shortened(visible(line), width) + "\n";
    write(text);
}

void LiveArea::write_above(const std::string& line) {
    std::string text = erasure() + visible(line) + "\n";
    const std::size_t width = terminal_width(descriptor_);
    for (const std::string& below : drawn_) text += shortened(below, width) + "\n";
    write(text);
}

void LiveArea::clear() {
    write(erasure());
    drawn_.clear();
}

}  // namespace tidemark::terminal
