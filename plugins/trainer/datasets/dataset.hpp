#pragma once

#include <array>
#include <cstdint>
#include <memory>

namespace tidemark::trainer {

inline constexpr std::int64_t kChannels = 3;
inline constexpr std::int64_t kSide = 32;
inline constexpr std::int64_t kPixels = kChannels * kSide * kSide;

/// One labelled image: the red plane, then the green, then the blue one, each row by row, as in CIFAR-10's
/// files.
struct Example {
    std::uint8_t label = 0;
    std::array<std::uint8_t, kPixels> pixels{};
};

/// A fixed sequence of labelled images. Reading is safe from several threads at once.
class Dataset {
  public:
    virtual ~Dataset() = default;
    virtual std::int64_t size() const = 0;
    /// Throws std::runtime_error naming the file and the offset where the example is damaged.
    virtual void read(std::int64_t index, Example& example) const = 0;
};

enum class Split { Train, Test };

}  // namespace tidemark::trainer
