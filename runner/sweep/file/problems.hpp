#pragma once

#include <string>
#include <vector>

namespace tidemark::sweep {

/// A place in a sweep file, counted from 1; line 0 is the file as a whole or the command line.
struct Position {
    int line = 0;
    int column = 0;
    auto operator<=>(const Position&) const = default;
};

/// Collects what is wrong, so that a user sees all of it at once.
class Problems {
  public:
    explicit Problems(std::string file) : file_(std::move(file)) {}

    /// `key` is the path of the key, as in `matrix.batch_size`; empty where there is none. Of one key in one
    /// place the first problem counts.
    void add(Position position, const std::string& key, const std::string& message);
    /// A problem of the command line: `option` as the user wrote it.
    void add_option(const std::string& option, const std::string& message);

    /// Of what may come from either: a problem of the command line where `option` is not empty, else of the
    /// file.
    void add_given(Position position, const std::string& key, const std::string& option,
                   const std::string& message);

    /// Whether there is one.
    bool any() const { return !entries_.empty(); }

    /// Throws UsageError with all problems in the order of their places, each `file:line:col: key: message`.
    void throw_if_any() const;

  private:
    struct Entry {
        Position position;
        std::string key;
        std::string text;
    };
    std::string file_;
    std::vector<Entry> entries_;
};

}  // namespace tidemark::sweep
