#include "run/memory_file.hpp"

#include <array>
#include <cerrno>

#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::run {

namespace {

std::FILE* new_file() {
    const int descriptor = memfd_create("tidemark", MFD_CLOEXEC);
    if (descriptor < 0) throw CannotGoOn(fmt::format("memfd_create: {}", errno_text(errno)));
    std::FILE* const file = fdopen(descriptor, "w+");
    if (file != nullptr) return file;
    const std::string why = errno_text(errno);
    close(descriptor);
    throw CannotGoOn(fmt::format("fdopen: {}", why));
}

}  // namespace

MemoryFile::MemoryFile(std::string_view content) : file_(new_file()) {
    const ssize_t count = pwrite(fileno(file()), content.data(), content.size(), 0);
    if (count != static_cast<ssize_t>(content.size()))
        throw CannotGoOn(fmt::format("cannot write a file in memory: {}", errno_text(errno)));
}

std::string MemoryFile::text() const {
    std::array<char, 1000> buffer{};
    const ssize_t count = pread(fileno(file()), buffer.data(), buffer.size(), 0);
    std::string said(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    said.erase(said.find_last_not_of('\n') + 1);
    return said;
}

}  // namespace tidemark::run
