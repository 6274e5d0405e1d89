#include "base/files.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/regular_file.hpp"

namespace tidemark {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }

  private:
    int number_;
};

}  // namespace

std::optional<std::string> read_file(const std::filesystem::path& file) {
    const Descriptor input(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (input.number() < 0) return std::nullopt;
    std::string content;
    std::array<char, 16384> buffer;
    ssize_t count = 0;
    while ((count = read(input.number(), buffer.data(), buffer.size())) > 0) {
        content.append(buffer.data(), static_cast<std::size_t>(count));
    }
    if (count < 0) return std::nullopt;
    return content;
}

void write_file(const std::filesystem::path& file, std::string_view content) {
    const Descriptor output(open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (output.number() < 0)
        throw CannotGoOn(fmt::format("cannot write {}: {}", file.string(), errno_text(errno)));
    while (!content.empty()) {
        const ssize_t count = write(output.number(), content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw CannotGoOn(fmt::format("cannot write {}: {}", file.string(), errno_text(errno)));
        content.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string read_tail(const std::filesystem::path& file, std::size_t limit) {
    const RegularFile input(file);
    if (!input.is_open()) return {};
    const auto size = static_cast<std::size_t>(input.size());
    // one byte more than asked for, which tells whether a line begins right behind it
    const std::size_t start = size > limit ? size - limit - 1 : 0;
    std::string tail(size - start, '\0');
    const ssize_t count = pread(input.number(), tail.data(), tail.size(), static_cast<off_t>(start));
    tail.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (size > limit) {
        const auto line_end = tail.find('\n');
        const bool line_begins = line_end != std::string::npos && line_end + 1 < tail.size();
        tail.erase(0, line_begins ? line_end + 1 : 1);
    }
    return tail;
}

}  // namespace tidemark
