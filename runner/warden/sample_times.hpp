#pragma once

#include <algorithm>

namespace tidemark::warden {

/// How near the start or the end of a run a sample must be to stand for it: within 0.1 s, the distance of two
/// looks, or a hundredth of a run that takes longer than 10 s, but no more than a second.
inline double near_enough(double wall_s) {
    constexpr double kTwoLooks = 0.1;
    constexpr double kSecond = 1;
    constexpr double kHundredth = 0.01;
    return std::clamp(wall_s * kHundredth, kTwoLooks, kSecond);
}

inline bool is_from_the_start(double t_s, double wall_s) {
    return t_s <= near_enough(wall_s);
}

/// The first look comes 10 ms after the start, and must not be the last of what took 60 ms.
inline bool is_from_the_end(double t_s, double wall_s) {
    constexpr double kOfAShortRun = 0.25;
    return wall_s - t_s <= std::min(near_enough(wall_s), wall_s * kOfAShortRun);
}

}  // namespace tidemark::warden
