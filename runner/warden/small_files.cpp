#include "warden/small_files.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace tidemark::warden {

std::string read_small_file(const std::string& path) {
    std::string content;
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return content;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = read(file, buffer, sizeof buffer)) > 0)
        content.append(buffer, static_cast<std::size_t>(count));
    close(file);
    return content;
}

bool write_small_file(const std::string& path, const std::string& content) {
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    const ssize_t count = write(file, content.data(), content.size());
    const int error = errno;
    close(file);
    errno = error;
    return count == static_cast<ssize_t>(content.size());
}

bool replace_file(const std::string& path, const std::string& content) {
    const std::string draft = path + ".tmp";
    unlink(draft.c_str());  // whatever the program may have put there: a link, a pipe
    const int file = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0) return false;
    std::size_t written = 0;
    while (written < content.size()) {
        const ssize_t count = write(file, content.data() + written, content.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const int error = errno;
            close(file);
            unlink(draft.c_str());
            errno = error;
            return false;
        }
        written += static_cast<std::size_t>(count);
    }
    close(file);
    return std::rename(draft.c_str(), path.c_str()) == 0;
}

}  // namespace tidemark::warden
