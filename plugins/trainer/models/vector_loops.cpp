#include "trainer/models/vector_loops.hpp"

#include <bit>
#include <cmath>
#include <concepts>

// compiled with -O3 -fno-math-errno -fno-trapping-math, see CMakeLists.txt: -O2 makes vectors only where
// nothing has to be checked before
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define TIDEMARK_VECTORS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TIDEMARK_VECTORS
#endif

namespace tidemark::trainer::loops {
namespace {

constexpr int kDropped = 16;  // bits of float's fraction that bfloat16 has not
constexpr int kFour = 4;      // of a quaternion

#define TIDEMARK_INLINE [[gnu::always_inline]] inline

TIDEMARK_INLINE float wide(float value) {
    return value;
}
TIDEMARK_INLINE float wide(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << kDropped);
}

/// Asks the bits whether it is NaN: a comparison of numbers may raise a signal, which keeps vectors away.
template <typename Number>
TIDEMARK_INLINE Number narrow(float value) {
    if constexpr (std::same_as<Number, float>) {
        return value;
    } else {
        constexpr std::uint32_t kHalf = 0x7fff, kNotANumber = 0x7fc0, kSign = 0x80000000,
                                kInfinity = 0x7f800000;
        const auto bits = std::bit_cast<std::uint32_t>(value);
        const std::uint32_t rounded = (bits + kHalf + (bits >> kDropped & 1U)) >> kDropped;
        return static_cast<std::uint16_t>((bits & ~kSign) > kInfinity ? kNotANumber : rounded);
    }
}

template <typename Number>
TIDEMARK_INLINE void normalise_all(const Number* __restrict in, std::int64_t count, float shortest,
                                   Number* __restrict unit, Number* __restrict length) {
    const float smallest = shortest * shortest;
    for (std::int64_t i = 0; i < count; ++i) {
        const float a = wide(in[kFour * i]), b = wide(in[kFour * i + 1]), c = wide(in[kFour * i + 2]),
                    d = wide(in[kFour * i + 3]);
        const float square = a * a + b * b + c * c + d * d;
        const float root = std::sqrt(square < smallest ? smallest : square);
        const float inverse = 1 / root;
        unit[kFour * i] = narrow<Number>(a * inverse);
        unit[kFour * i + 1] = narrow<Number>(b * inverse);
        unit[kFour * i + 2] = narrow<Number>(c * inverse);
        unit[kFour * i + 3] = narrow<Number>(d * inverse);
        length[i] = narrow<Number>(root);
    }
}

template <typename Number>
TIDEMARK_INLINE void normalise_all_backward(const Number* __restrict u, const Number* __restrict length,
                                            float shortest, const Number* __restrict v, std::int64_t count,
                                            Number* __restrict out) {
    const float bound = wide(narrow<Number>(shortest));
    for (std::int64_t i = 0; i < count; ++i) {
        const float a = wide(u[kFour * i]), b = wide(u[kFour * i + 1]), c = wide(u[kFour * i + 2]),
                    d = wide(u[kFour * i + 3]);
        const float e = wide(v[kFour * i]), f = wide(v[kFour * i + 1]), g = wide(v[kFour * i + 2]),
                    h = wide(v[kFour * i + 3]);
        const float size = wide(length[i]);
        const float along = size > bound ? a * e + b * f + c * g + d * h : 0.0F;
        const float inverse = 1 / size;
        out[kFour * i] = narrow<Number>((e - a * along) * inverse);
        out[kFour * i + 1] = narrow<Number>((f - b * along) * inverse);
        out[kFour * i + 2] = narrow<Number>((g - c * along) * inverse);
        out[kFour * i + 3] = narrow<Number>((h - d * along) * inverse);
    }
}

template <typename Number>
TIDEMARK_INLINE void sum_and_difference_all(const float* first, const float* second, float scale,
                                            std::int64_t count, Number* __restrict sum,
                                            Number* __restrict difference) {
    for (std::int64_t i = 0; i < count; ++i) {
        sum[i] = narrow<Number>(first[i] + second[i]);
        difference[i] = narrow<Number>(scale * (first[i] - second[i]));
    }
}

}  // namespace

TIDEMARK_VECTORS void tanh(std::uint16_t* values, std::int64_t count) {
    constexpr float kOne = 4.97F;  // from where the fraction would pass one
    for (std::int64_t i = 0; i < count; ++i) {
        const float x = wide(values[i]);
        const float square = x * x;
        const float fraction = x * (135135 + square * (17325 + square * (378 + square))) /
                               (135135 + square * (62370 + square * (3150 + square * 28)));
        const float bounded = x > kOne ? 1.0F : x < -kOne ? -1.0F : fraction;
        values[i] = narrow<std::uint16_t>(bounded);
    }
}

TIDEMARK_VECTORS void normalise(const std::uint16_t* quaternions, std::int64_t count, float shortest,
                                std::uint16_t* unit, std::uint16_t* length) {
    normalise_all(quaternions, count, shortest, unit, length);
}

TIDEMARK_VECTORS void normalise(const float* quaternions, std::int64_t count, float shortest, float* unit,
                                float* length) {
    normalise_all(quaternions, count, shortest, unit, length);
}

TIDEMARK_VECTORS void normalise_backward(const std::uint16_t* unit, const std::uint16_t* length,
                                         float shortest, const std::uint16_t* gradient, std::int64_t count,
                                         std::uint16_t* out) {
    normalise_all_backward(unit, length, shortest, gradient, count, out);
}

TIDEMARK_VECTORS void normalise_backward(const float* unit, const float* length, float shortest,
                                         const float* gradient, std::int64_t count, float* out) {
    normalise_all_backward(unit, length, shortest, gradient, count, out);
}

TIDEMARK_VECTORS void sum_and_difference(const float* first, const float* second, float scale,
                                         std::int64_t count, std::uint16_t* sum, std::uint16_t* difference) {
    sum_and_difference_all(first, second, scale, count, sum, difference);
}

TIDEMARK_VECTORS void sum_and_difference(const float* first, const float* second, float scale,
                                         std::int64_t count, float* sum, float* difference) {
    sum_and_difference_all(first, second, scale, count, sum, difference);
}

}  // namespace tidemark::trainer::loops
