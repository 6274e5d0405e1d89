#include "shrink.hpp"

#include <algorithm>

namespace tidemark::test {

/// Halves first, then quarters, at last single steps, as often as something can be left out (Zeller's ddmin,
/// for complements only). The last steps first, since nothing depends on them.
RandomProgram shrunk(RandomProgram program, int steps, const std::function<bool(const RandomProgram&)>& fails,
                     int patience) {
    for (int length = std::max(1, steps / 2);;) {
        bool shorter = false;
        for (int begin = (steps - 1) / length * length; begin >= 0 && patience > 0; begin -= length) {
            RandomProgram trial = program;
            for (int step = begin; step < std::min(begin + length, steps); ++step) {
                if (std::ranges::count(program.left_out, step) == 0) trial.left_out.push_back(step);
            }
            if (trial.left_out.size() == program.left_out.size()) continue;
            std::ranges::sort(trial.left_out);
            --patience;
            if (!fails(trial)) continue;
            program = trial;
            shorter = true;
        }
        if (patience <= 0 || (length == 1 && !shorter)) return program;
        if (length > 1) length /= 2;
    }
}

}  // namespace tidemark::test
