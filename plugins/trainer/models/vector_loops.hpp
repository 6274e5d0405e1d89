#pragma once

#include <cstdint>

namespace tidemark::trainer {

/// Loops over numbers side by side in memory, compiled for each kind of vectors that processors of this
/// family have (SSE2, AVX2, AVX-512); the one at hand is chosen as the program is loaded. Numbers are rounded
/// to the nearest, of two to the even one, as ATen rounds; NaN stays NaN. A bfloat16 is passed as its 16
/// bits.
namespace loops {

/// tanh of each, in place. By the continued fraction of Lambert (1768) to its seventh term, whose error is
/// below 1e-4, a twentieth of what rounding to bfloat16 costs near one.
void tanh(std::uint16_t* values, std::int64_t count);

/// Each of `count` quaternions of four numbers divided by its length, which is kept as well; a length below
/// `shortest` counts as that.
void normalise(const std::uint16_t* quaternions, std::int64_t count, float shortest, std::uint16_t* unit,
               std::uint16_t* length);
void normalise(const float* quaternions, std::int64_t count, float shortest, float* unit, float* length);

/// The gradient of the quaternions, (v - u (u · v)) / length for the gradient v of the units u; where the
/// length is not above `shortest` it is a constant, and the gradient is v / length.
void normalise_backward(const std::uint16_t* unit, const std::uint16_t* length, float shortest,
                        const std::uint16_t* gradient, std::int64_t count, std::uint16_t* out);
void normalise_backward(const float* unit, const float* length, float shortest, const float* gradient,
                        std::int64_t count, float* out);

/// first + second, and scale · (first - second).
void sum_and_difference(const float* first, const float* second, float scale, std::int64_t count,
                        std::uint16_t* sum, std::uint16_t* difference);
void sum_and_difference(const float* first, const float* second, float scale, std::int64_t count, float* sum,
                        float* difference);

}  // namespace loops
}  // namespace tidemark::trainer
