#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "base/units.hpp"

namespace tidemark {

/// Reads the complete lines of a file that another process may still be writing, from where the last call
/// ended. Memory stays constant: a line longer than kLongestLine is passed over. Holes of a sparse file,
/// which may be larger than any disk, are not read: they hold no line end.
class LineReader {
  public:
    /// `ends`: the characters that end a line.
    explicit LineReader(std::filesystem::path file, std::string_view ends = "\n")
        : file_(std::move(file)), ends_(ends) {}

    /// Calls `use` with each new complete line, and `pass_over` for each that is too long. A file that is not
    /// there yet has no lines.
    void read_new(
        const std::function<void(std::string_view)>& use, const std::function<void()>& pass_over = [] {});

    /// Reads no more than so much of the file in all, whatever it grows to.
    void limit_to(Bytes most) { most_ = most.value; }
    /// Whether there was more.
    bool is_cut() const { return is_cut_; }

    /// Whether something stands behind the last line end: half a line, where the writer was cut off.
    bool ends_within_a_line() const { return too_long_ || !rest_.empty(); }

    const std::string& rest() const { return rest_; }  ///< that half line; empty where it is too long

    /// Why it is not read (RegularFile); empty where it is, or where nothing is there.
    const std::string& problem() const { return problem_; }

    std::int64_t lines() const { return lines_; }  ///< complete ones so far, the long ones too

    /// Of the line that is being used, as editors count: by '\n', whatever else ends a line here.
    std::int64_t number() const { return number_; }

    static constexpr std::size_t kLongestLine = std::size_t{1} << 20;

  private:
    void take(std::string_view chunk, const std::function<void(std::string_view)>& use,
              const std::function<void()>& pass_over);

    bool skip_hole(int descriptor, std::int64_t size);

    std::filesystem::path file_;
    std::string_view ends_;
    std::int64_t most_ = std::numeric_limits<std::int64_t>::max();
    bool is_cut_ = false;
    std::int64_t offset_ = 0;
    std::string rest_;
    std::string problem_;
    bool too_long_ = false;
    std::int64_t lines_ = 0;
    std::int64_t number_ = 0;
};

}  // namespace tidemark
