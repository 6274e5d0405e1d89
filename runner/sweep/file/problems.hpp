#pragma once

#include <compare>
#include <string>
#include <tuple>
#include <vector>

namespace tidemark::sweep {

/// A place in a sweep file, counted from 1; line 0 is the file as a whole or the command line.
struct Position {
    int line = 0;
    int column = 0;
    int file = 0;  ///< which of the files that make up the sweep, as Problems counts them; 0: the one named
    bool operator==(const Position&) const = default;
    auto operator<=>(const Position& other) const {
        return std::tie(file, line, column) <=> std::tie(other.file, other.line, other.column);
    }
};

/// Collects what is wrong, so that a user sees all of it at once.
class Problems {
  public:
    explicit Problems(std::string file) : files_{std::move(file)} {}
    /// Of files that are known already.
    explicit Problems(std::vector<std::string> files) : files_(std::move(files)) {}

    /// One more file that the sweep is made of: its Position::file.
    int add_file(std::string file);
    /// As the user knows them, the one that was named first.
    const std::vector<std::string>& files() const { return files_; }

    /// `key` is the path of the key, as in `matrix.batch_size`; empty where there is none. Of one key in one
    /// place the first problem counts.
    void add(Position position, const std::string& key, const std::string& message);
    /// A problem of the command line: `option` as the user wrote it.
    void add_option(const std::string& option, const std::string& message);

    /// Of what may come from either: a problem of the command line where `option` is not empty, else of the
    /// file.
    void add_given(Position position, const std::string& key, const std::string& option,
                   const std::string& message);

    /// Those of another one, as they are.
    void add_all(const Problems& other);

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
    std::vector<std::string> files_;
    std::vector<Entry> entries_;
};

}  // namespace tidemark::sweep
