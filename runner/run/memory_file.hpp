#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace tidemark::run {

/// A file in memory that is handed to a warden: it needs no place on a disk that may be full, and leaves
/// nothing behind to be deleted.
class MemoryFile {
  public:
    /// Throws CannotGoOn.
    explicit MemoryFile(std::string_view content = {});

    FILE* file() const { return file_.get(); }

    /// The beginning of it, without line ends at its end.
    std::string text() const;

  private:
    struct Closer {
        void operator()(FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<FILE, Closer> file_;
};

}  // namespace tidemark::run
