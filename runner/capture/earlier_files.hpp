#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/capture.hpp"

namespace tidemark::capture {

/// The files that stood, before a program was started, where its metrics will be looked for. One that is
/// still the same afterwards was left by somebody else.
class EarlierFiles {
  public:
    /// Looks at them, right before the start. Where one was written just now it waits until the clock by
    /// which the kernel dates files has gone on, some milliseconds, so that what the program writes is told
    /// from it.
    static EarlierFiles look(const std::vector<protocol::Capture>& captures,
                             const std::filesystem::path& working_directory);

    /// Nothing is known where the text is no such thing.
    static EarlierFiles from_json_text(std::string_view text);
    std::string to_json_text() const;

    bool empty() const { return stamps_.empty(); }

    /// Whether the file was there and was not written since.
    bool has_unchanged(const std::filesystem::path& file) const;

  private:
    /// Device, inode, size, and the time of the last change in seconds and nanoseconds.
    using Stamp = std::vector<std::int64_t>;
    static Stamp stamp_of(const std::filesystem::path& file);

    std::map<std::string, Stamp> stamps_;
};

}  // namespace tidemark::capture
