#include "trainer/command_line.hpp"

int main(int argc, char** argv) {
    return tidemark::trainer::run(argc, argv);
}
