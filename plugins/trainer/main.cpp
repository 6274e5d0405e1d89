#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "trainer/command_line.hpp"

int main(int argc, char** argv) {
    const int exit_code = tidemark::trainer::run(argc, argv);
    std::cout.flush();
    std::fflush(nullptr);
    // without the destructors of LibTorch and the 200 libraries under it, which bring back tens of megabytes
    // of their pages only to end
    std::_Exit(exit_code);
}
