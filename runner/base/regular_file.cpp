#include "base/regular_file.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/files.hpp"

namespace tidemark {

RegularFile::RegularFile(const std::filesystem::path& file) {
    number_ = open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (number_ < 0) {
        if (errno == ELOOP)
            leave("it is a link");
        else if (errno != ENOENT && errno != ENOTDIR)
            leave(errno == ENXIO ? "it is no regular file" : errno_text(errno));
        return;
    }
    struct stat status {};
    if (fstat(number_, &status) != 0)
        leave(errno_text(errno));
    else if (S_ISDIR(status.st_mode))
        leave("it is a folder");
    else if (!S_ISREG(status.st_mode))
        leave("it is no regular file");
    size_ = status.st_size;
}

RegularFile::~RegularFile() {
    if (number_ >= 0) close(number_);
}

void RegularFile::leave(std::string problem) {
    if (number_ >= 0) close(number_);
    number_ = -1;
    problem_ = std::move(problem);
}

std::optional<std::string> read_regular_file(const std::filesystem::path& file, std::string* problem) {
    const RegularFile input(file);
    const auto refuse = [&](const std::string& why) {
        if (problem != nullptr) *problem = why;
        return std::nullopt;
    };
    if (!input.is_open()) return refuse(input.problem());
    if (input.size() > kLargestOwnFile) return refuse("it is larger than 64 MiB");
    std::string content(static_cast<std::size_t>(input.size()), '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t count = pread(input.number(), content.data() + filled, content.size() - filled,
                                    static_cast<off_t>(filled));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refuse(errno_text(errno));
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    content.resize(filled);
    return content;
}

void write_regular_file(const std::filesystem::path& file, std::string_view content) {
    std::error_code ignored;
    std::filesystem::remove_all(file, ignored);
    write_file(file, content);
}

}  // namespace tidemark
