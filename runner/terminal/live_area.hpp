#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::terminal {

/// The last lines of a terminal, redrawn in place. What is written above them scrolls as usual.
class LiveArea {
  public:
    explicit LiveArea(int descriptor) : descriptor_(descriptor) {}
    LiveArea(const LiveArea&) = delete;
    LiveArea& operator=(const LiveArea&) = delete;
    ~LiveArea() { clear(); }

    /// Replaces what was drawn last. Lines longer than the terminal is wide are cut.
    void draw(const std::vector<std::string>& lines);
    /// Writes a line that stays, above the area. The first `mark` in it has the colour; none: nothing has.
    void write_above(const std::string& line, std::string_view mark = {}, const char* colour = nullptr);
    void clear();

  private:
    void write(const std::string& text) const;
    std::string erasure() const;

    int descriptor_;
    std::vector<std::string> drawn_;
};

}  // namespace tidemark::terminal
