#include "trainer/datasets/unpacked_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
    throw std::runtime_error(fmt::format("cannot unpack {}: {}", file.string(), why));
}

/// A file without a name in the folder; -1 where its file system has none, or it may not be written to.
int nameless_file(const fs::path& folder) {
    return open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int room_for(const fs::path& packed) {
    const fs::path folder = packed.parent_path().empty() ? fs::path(".") : packed.parent_path();
    int file = nameless_file(folder);
    if (file < 0) file = nameless_file(fs::temp_directory_path());
    if (file < 0) refuse(packed, fmt::format("no room for it: {}", std::strerror(errno)));
    return file;
}

void write_all(const fs::path& packed, int file, const char* bytes, std::size_t count) {
    while (count > 0) {
        const ssize_t done = write(file, bytes, count);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) refuse(packed, std::strerror(errno));
        bytes += done;
        count -= static_cast<std::size_t>(done);
    }
}

}  // namespace

int unpacked_file(const fs::path& packed) {
    constexpr unsigned kPiece = 1U << 16U;
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(packed.c_str(), "rbe"), gzclose_r);
    if (!in) refuse(packed, std::strerror(errno));
    const int file = room_for(packed);
    try {
        auto piece = std::make_unique<std::array<char, kPiece>>();
        int got = 0;
        while ((got = gzread(in.get(), piece->data(), kPiece)) > 0)
            write_all(packed, file, piece->data(), static_cast<std::size_t>(got));
        int problem = Z_OK;
        const std::string message = gzerror(in.get(), &problem);
        if (got < 0 || problem != Z_OK) refuse(packed, message.substr(message.rfind(": ") + 2));
    } catch (...) {
        close(file);
        throw;
    }
    return file;
}

}  // namespace tidemark::trainer
