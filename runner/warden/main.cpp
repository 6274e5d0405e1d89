#include <cstdio>
#include <cstdlib>

#include "warden/options.hpp"
#include "warden/probe.hpp"
#include "warden/supervision.hpp"

int main(int argc, char** argv) {
    std::string problem;
    const auto options = tidemark::warden::parse_options(argc, argv, problem);
    if (!options) {
        std::fprintf(stderr, "tidemark-warden: %s\n", problem.c_str());
        return EXIT_FAILURE;
    }
    return options->probe ? tidemark::warden::probe() : tidemark::warden::supervise(*options);
}
