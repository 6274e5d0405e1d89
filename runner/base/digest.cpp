#include "base/digest.hpp"

#include <cerrno>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <xxhash.h>

namespace tidemark {

std::string to_text(const Digest& digest) {
    return fmt::format("{:016x}{:016x}", digest.high, digest.low);
}

Digest digest_of(std::string_view text) {
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    return {hash.high64, hash.low64};
}

namespace {

/// A pipe would be waited for, and a device may have no end, or do something when it is opened.
bool has_an_end(const struct stat& status) {
    return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

/// Below 0 where it cannot be opened, or is nothing whose content can be read.
int open_to_read(const std::filesystem::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) return -1;
    if (!has_an_end(status)) {
        errno = EINVAL;
        return -1;
    }
    // it may have been replaced by a pipe since
    return open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

}  // namespace

std::optional<Digest> digest_of_file(const std::filesystem::path& file) {
    const int descriptor = open_to_read(file);
    if (descriptor < 0) return std::nullopt;
    const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                                XXH3_freeState);
    XXH3_128bits_reset(state.get());
    std::vector<char> buffer(std::size_t{1} << 18);
    ssize_t count = 0;
    while ((count = read(descriptor, buffer.data(), buffer.size())) > 0) {
        XXH3_128bits_update(state.get(), buffer.data(), static_cast<std::size_t>(count));
    }
    close(descriptor);
    if (count < 0) return std::nullopt;
    const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
    return Digest{hash.high64, hash.low64};
}

}  // namespace tidemark
