#include "base/line_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <unistd.h>

#include "base/regular_file.hpp"

namespace tidemark {

void LineReader::read_new(const std::function<void(std::string_view)>& use,
                          const std::function<void()>& pass_over) {
    const RegularFile input(file_);
    problem_ = input.problem();
    if (!input.is_open()) return;
    std::array<char, 65536> buffer;
    ssize_t count = 0;
    while (skip_hole(input.number(), input.size()) &&
           (count = pread(input.number(), buffer.data(), buffer.size(), offset_)) > 0) {
        offset_ += count;
        take({buffer.data(), static_cast<std::size_t>(count)}, use, pass_over);
    }
}

/// False: nothing more is to be read.
bool LineReader::skip_hole(int descriptor, std::int64_t size) {
    if (offset_ >= most_) {
        is_cut_ = is_cut_ || size > offset_;
        return false;
    }
    off_t data = lseek(descriptor, offset_, SEEK_DATA);
    if (data < 0)
        data = errno == ENXIO ? std::max(size, offset_) : offset_;  // else the file system knows none
    const auto hole = static_cast<std::size_t>(data - offset_);
    if (hole <= kLongestLine) return true;  // zeros of a line, or none
    too_long_ = true;
    rest_.clear();
    offset_ = data;
    return skip_hole(descriptor, size);
}

void LineReader::take(std::string_view chunk, const std::function<void(std::string_view)>& use,
                      const std::function<void()>& pass_over) {
    while (!chunk.empty()) {
        const std::size_t end = chunk.find_first_of(ends_);
        const std::string_view part = chunk.substr(0, end);
        if (rest_.size() + part.size() > kLongestLine) {
            too_long_ = true;
            rest_.clear();
        }
        if (!too_long_) rest_ += part;
        if (end == std::string_view::npos) return;
        number_ = lines_ + 1;
        if (chunk[end] == '\n') ++lines_;
        if (too_long_)
            pass_over();
        else
            use(rest_);
        rest_.clear();
        too_long_ = false;
        chunk.remove_prefix(end + 1);
    }
}

}  // namespace tidemark
