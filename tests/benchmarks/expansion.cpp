// Time and peak memory of loading a sweep file with a large matrix, linked values, an exclusion and two
// derived parameters: 100,000 cells and 1,000,000. Each is loaded in a fresh child, so that its peak is its
// own.
//
//   cmake --build BUILD --target benchmark_expansion && BUILD/tests/benchmarks/benchmark_expansion
//
// At most 1 s and 200 MiB are asked of 100,000 cells: exit 1 where they take more. User time is printed
// beside the time of the clock, which other work on the machine lengthens.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "sweep/sweep.hpp"

namespace {

namespace fs = std::filesystem;
using tidemark::sweep::Sweep;

constexpr std::size_t kRequiredCells = 100'000;
constexpr double kMostSeconds = 1.0;
constexpr double kMostMebibytes = 200.0;

struct Loaded {
    std::size_t runs = 0;
    double seconds = 0;
    double user_seconds = 0;
    double peak_mebibytes = 0;
};

std::string list(std::size_t count) {
    std::string values;
    for (std::size_t i = 1; i <= count; ++i) values += (i > 1 ? ", " : "") + std::to_string(i);
    return "[" + values + "]";
}

/// Axes of 2 linked points, 10, 50 and as many values as make the number of cells; the exclusion takes away
/// one cell in twenty. Twenty parameters are the same in all cells, as many as a workload has.
void write_sweep_file(const fs::path& path, std::size_t cells) {
    std::ofstream file(path);
    file << "sweep: large\ncommand: [/bin/true, \"{batch_size}\"]\nparameters:\n";
    for (int i = 1; i <= 20; ++i) file << "  parameter_" << i << ": " << i << "\n";
    file << "matrix:\n  (model, hidden): [[h2q, 256], [baseline, 64]]\n  batch_size: " << list(10)
         << "\n  workers: " << list(50) << "\n  seed: " << list(cells / 1000)
         << "\nderive: {accumulation: 2520 / batch_size, images: accumulation * hidden}\n"
         << "exclude: [\"model = 'baseline' and batch_size = 10\"]\n";
}

/// VmHWM: the largest resident size since exec or fork.
double peak_mebibytes() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
}

Loaded load(const fs::path& file) {
    const auto start = std::chrono::steady_clock::now();
    tidemark::sweep::LoadOptions options;
    options.allow_many = true;
    const Sweep sweep = Sweep::load(file, {}, options);
    const std::chrono::duration<double> span = std::chrono::steady_clock::now() - start;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return {sweep.runs().size(), span.count(),
            static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) * 1e-6,
            peak_mebibytes()};
}

/// What the child found out comes back through a file.
Loaded load_in_child(const fs::path& file) {
    const fs::path answer = file.string() + ".answer";
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
        try {
            const Loaded loaded = load(file);
            std::ofstream(answer) << loaded.runs << ' ' << loaded.seconds << ' ' << loaded.user_seconds << ' '
                                  << loaded.peak_mebibytes;
            _exit(0);
        } catch (const std::exception& error) {
            fmt::print(stderr, "{}\n", error.what());
            _exit(1);
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    Loaded loaded;
    std::ifstream(answer) >> loaded.runs >> loaded.seconds >> loaded.user_seconds >> loaded.peak_mebibytes;
    if (status != 0 || loaded.runs == 0) throw std::runtime_error("the sweep file was not loaded");
    return loaded;
}

bool measure(const fs::path& folder) {
    bool holds = true;
    fmt::print("{:>9}  {:>9}  {:>7}  {:>7}  {:>9}\n", "cells", "runs", "time", "user", "peak");
    for (const std::size_t cells : {kRequiredCells, 10 * kRequiredCells}) {
        const fs::path file = folder / fmt::format("{}.yaml", cells);
        write_sweep_file(file, cells);
        const Loaded loaded = load_in_child(file);
        fmt::print("{:>9}  {:>9}  {:>5.2f} s  {:>5.2f} s  {:>5.0f} MiB\n", cells, loaded.runs, loaded.seconds,
                   loaded.user_seconds, loaded.peak_mebibytes);
        if (cells == kRequiredCells)
            holds = loaded.seconds <= kMostSeconds && loaded.peak_mebibytes <= kMostMebibytes;
    }
    return holds;
}

}  // namespace

int main() {
    std::string folder = (fs::temp_directory_path() / "tidemark-expansion-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
        std::perror("mkdtemp");
        return EXIT_FAILURE;
    }
    bool holds = false;
    try {
        holds = measure(folder);
        if (!holds) {
            fmt::print(stderr, "{} cells take more than {} s or {} MiB\n", kRequiredCells, kMostSeconds,
                       kMostMebibytes);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
    }
    fs::remove_all(folder);
    return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
