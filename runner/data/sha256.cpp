#include "data/sha256.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <openssl/evp.h>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"

namespace tidemark::data {

std::string sha256_of_file(const std::filesystem::path& file) {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    const auto refuse = [&] {
        throw CannotGoOn(fmt::format("cannot read {}: {}", file.string(), errno_text(errno)));
    };
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rbe"), std::fclose);
    if (!in) refuse();
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> sum(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    bool good = sum && EVP_DigestInit_ex(sum.get(), EVP_sha256(), nullptr) == 1;
    std::vector<unsigned char> piece(kPiece);
    std::size_t count = 0;
    while (good && (count = std::fread(piece.data(), 1, piece.size(), in.get())) > 0)
        good = EVP_DigestUpdate(sum.get(), piece.data(), count) == 1;
    if (std::ferror(in.get()) != 0) refuse();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    good = good && EVP_DigestFinal_ex(sum.get(), digest.data(), &size) == 1;
    if (!good) throw CannotGoOn("OpenSSL refuses to compute a SHA-256; without one nothing can be verified");
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

}  // namespace tidemark::data
