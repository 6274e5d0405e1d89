#include "terminal/terminal.hpp"

#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace tidemark::terminal {

bool can_redraw(int descriptor) {
    if (isatty(descriptor) == 0) return false;
    const char* no_color = std::getenv("NO_COLOR");
    if (no_color != nullptr && *no_color != '\0') return false;
    const char* kind = std::getenv("TERM");
    return kind != nullptr && std::string_view(kind) != "dumb";
}

std::size_t terminal_width(int descriptor) {
    constexpr std::size_t kUsualWidth = 80;
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
    return size.ws_col;
}

std::size_t terminal_height(int descriptor) {
    constexpr std::size_t kUsualHeight = 24;
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return kUsualHeight;
    return size.ws_row;
}

bool is_terminal(int descriptor) {
    return isatty(descriptor) != 0;
}

}  // namespace tidemark::terminal
