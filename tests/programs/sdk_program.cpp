// A program as a user writes one, with the header of plugins/sdk and C++17. What it takes and tells is known.
#include <cstring>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <vector>

#include "tidemark_events.hpp"

namespace {

void take(std::size_t mebibytes) {
    constexpr std::size_t kMebibyte = std::size_t{1} << 20;
    std::vector<char> memory(mebibytes * kMebibyte, 'x');
    std::cout << memory[memory.size() / 2];
}

}  // namespace

int main() {
    namespace tidemark = tidemark_events;
    std::cout << tidemark::in_run() << tidemark::phase("small");
    take(50);
    std::cout << tidemark::phase("large");
    take(300);
    std::cout << tidemark::phase("middle");
    take(100);
    for (int step = 1; step <= 1000; ++step) tidemark::progress(step, 1000, 1.0 / step);
    tidemark::metric("loss", 0.5, 1);
    tidemark::metric("loss", 0.1, 2);
    tidemark::metric("worst", std::numeric_limits<double>::quiet_NaN());
    tidemark::info("params", 13957074);
    tidemark::info("library", "a \"name\"\n");
    try {
        tidemark::metric("No Name", 1);
    } catch (const std::invalid_argument& error) {
        std::cout << '\n' << error.what() << '\n';
    }
}
