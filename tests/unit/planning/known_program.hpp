#pragma once

#include <cmath>
#include <vector>

#include "planning/space.hpp"

namespace tidemark::planning {

/// Cells of a program whose memory is known: a floor, and what each item of a batch takes, by its precision
/// and model.
struct KnownProgram {
    std::vector<std::vector<Value>> cells;
    std::vector<double> memory;
    std::vector<double> speed;

    KnownProgram() {
        for (const char* model : {"small", "large"}) {
            for (const char* precision : {"half", "single"}) {
                for (int threads = 1; threads <= 4; threads *= 2) {
                    for (int batch = 1; batch <= 128; batch *= 2) add(model, precision, threads, batch);
                }
            }
        }
    }

    Space space() const { return {{"model", "precision", "threads", "batch"}, cells}; }

  private:
    void add(const char* model, const char* precision, int threads, int batch) {
        const double of_model = *model == 's' ? 1 : 4, of_precision = *precision == 'h' ? 1 : 2;
        cells.push_back(
            {std::string(model), std::string(precision), std::int64_t{threads}, std::int64_t{batch}});
        memory.push_back(100 + 30 * of_model + 2 * threads + of_model * of_precision * batch);
        speed.push_back(100 * std::sqrt(threads) * batch /
                        (of_model * (batch + 8) * std::sqrt(of_precision)));
    }
};

}  // namespace tidemark::planning
