#include <cstddef>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

/// Numbers of a TIFF structure, in the order of bytes that it announces; 0 beyond its end.
class Tiff {
  public:
    explicit Tiff(std::span<const std::uint8_t> bytes)
        : bytes_(bytes), little_(bytes.size() > 1 && bytes[0] == 'I' && bytes[1] == 'I') {}

    std::uint32_t number(std::size_t at, std::size_t size) const {
        if (at > bytes_.size() || size > bytes_.size() - at) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value = value << 8U | bytes_[at + (little_ ? size - 1 - i : i)];
        return value;
    }

  private:
    std::span<const std::uint8_t> bytes_;
    bool little_;
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> tiff) {
    // TIFF 6.0, section 2: byte order, 42, offset of the directory; its entries of 12 bytes: tag, type,
    // count, value
    constexpr std::uint32_t kMagic = 42, kOrientation = 0x0112, kShort = 3;
    constexpr std::size_t kEntry = 12;
    constexpr int kAsItLies = 1, kLast = 8;
    const Tiff in(tiff);
    if (in.number(2, 2) != kMagic) return kAsItLies;
    const std::size_t directory = in.number(4, 4);
    const std::size_t entries = in.number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t at = directory + 2 + i * kEntry;
        if (in.number(at, 2) != kOrientation || in.number(at + 2, 2) != kShort) continue;
        const auto found = static_cast<int>(in.number(at + 8, 2));
        return found >= kAsItLies && found <= kLast ? found : kAsItLies;
    }
    return kAsItLies;
}

}  // namespace tidemark::trainer
