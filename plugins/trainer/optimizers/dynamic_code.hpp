#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace tidemark::trainer {

/// 256 values from -1 or 0 to 1, dense where they are small: the dynamic tree quantisation of Dettmers,
/// Lewis, Shleifer and Zettlemoyer 2022 (8-bit Optimizers via Block-wise Quantization, arXiv:2110.02861),
/// with the values of their own implementation.
class DynamicCode {
  public:
    enum class Sign { Signed, Unsigned };
    explicit DynamicCode(Sign sign);

    float decode(std::uint8_t code) const { return values_[code]; }
    /// The code of the nearest value. Unsigned, nothing above zero becomes zero: a second moment's root
    /// divides.
    std::uint8_t encode(float value) const;

  private:
    Sign sign_;
    std::array<float, 256> values_{};
    std::array<float, 255> bounds_{};        ///< between neighbouring values
    std::vector<std::uint8_t> first_guess_;  ///< by the leading bits of a float
};

}  // namespace tidemark::trainer
