// Counts the page frames of a program of the tests at its checkpoints, without a warden: page_frames COMMAND…
// Prints the most, in bytes.
#include "support/page_frames.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/observer.hpp"

int main(int argc, char** argv) {
    const std::string problem = tidemark::test::why_no_page_frames();
    if (argc < 2 || !problem.empty()) {
        std::fprintf(stderr, "page_frames COMMAND…%s%s\n", problem.empty() ? "" : ": ", problem.c_str());
        return EXIT_FAILURE;
    }
    const tidemark::test::Observed observed =
        tidemark::test::Observer().observe(std::vector<std::string>(argv + 1, argv + argc));
    if (!observed.ended_well || observed.counts.empty()) return EXIT_FAILURE;
    std::printf("%lld\n", static_cast<long long>(observed.peak()));
    return EXIT_SUCCESS;
}
