#include "sweep/secret_key.hpp"

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "(hidden, ";
constexpr std::size_t kDigits = 16;

std::uint64_t word_at(const std::uint8_t* bytes, std::size_t count = 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{bytes[i]} << (8 * i);
    return word;
}

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

[[noreturn]] void cannot_keep(const fs::path& file, const std::string& why) {
    throw UsageError(
        fmt::format("the key by which secrets are told apart cannot be kept in {}: {}; let XDG_STATE_HOME "
                    "name a folder of "
                    "your own",
                    file.string(), why));
}

std::optional<SecretKey> read_key(const fs::path& file) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 && errno == ENOENT) return std::nullopt;
    if (descriptor < 0) cannot_keep(file, errno_text(errno));
    SecretKey key{};
    const ssize_t count = read(descriptor, key.data(), key.size());
    close(descriptor);
    if (count != static_cast<ssize_t>(key.size())) cannot_keep(file, "it holds no key; remove it");
    return key;
}

/// Whole or not at all: another tidemark may be making it, too, and the first one counts.
void make_key(const fs::path& file) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) cannot_keep(file, error.message());
    SecretKey key{};
    if (getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size()))
        cannot_keep(file, errno_text(errno));
    std::string draft = file.string() + ".XXXXXX";
    const int descriptor = mkostemp(draft.data(), O_CLOEXEC);  // which only its owner may read
    if (descriptor < 0) cannot_keep(file, errno_text(errno));
    const bool is_written = write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size());
    const int reason = errno;
    close(descriptor);
    const bool is_there = is_written && (link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST);
    const int why = is_written ? errno : reason;
    unlink(draft.c_str());
    if (!is_there) cannot_keep(file, errno_text(why));
}

}  // namespace

std::uint64_t keyed_digest(const SecretKey& key, std::string_view text) {
    const std::uint64_t k0 = word_at(key.data());
    const std::uint64_t k1 = word_at(key.data() + 8);
    SipState state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                   k1 ^ 0x7465646279746573};
    const std::string bytes(text);
    const auto* data = static_cast<const std::uint8_t*>(static_cast<const void*>(bytes.data()));
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) state.take(word_at(data + at));
    state.take(word_at(data + at, bytes.size() - at) | std::uint64_t{bytes.size() & 0xff} << 56);
    state.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

fs::path secret_key_file() {
    const char* state = std::getenv("XDG_STATE_HOME");
    const char* home = std::getenv("HOME");
    fs::path folder;
    if (state != nullptr && fs::path(state).is_absolute())
        folder = state;
    else if (home != nullptr && fs::path(home).is_absolute())
        folder = fs::path(home) / ".local/state";
    return folder.empty() ? folder : folder / "tidemark/secret_key";
}

SecretKey secret_key() {
    const fs::path file = secret_key_file();
    if (file.empty()) cannot_keep("~/.local/state/tidemark/secret_key", "HOME is not set");
    if (const auto key = read_key(file)) return *key;
    make_key(file);
    if (const auto key = read_key(file)) return *key;
    cannot_keep(file, errno_text(ENOENT));
}

std::string hidden(std::string_view secret) {
    if (is_hidden(secret)) return std::string(secret);
    static const SecretKey key = secret_key();
    return fmt::format("{}{:016x})", kBegin, keyed_digest(key, secret));
}

bool is_hidden(std::string_view text) {
    if (text.size() != kBegin.size() + kDigits + 1 || !text.starts_with(kBegin) || !text.ends_with(')'))
        return false;
    return text.substr(kBegin.size(), kDigits).find_first_not_of("0123456789abcdef") ==
           std::string_view::npos;
}

}  // namespace tidemark::sweep
