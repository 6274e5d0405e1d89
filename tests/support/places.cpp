#include "support/places.hpp"

namespace tidemark::test {

std::string source_dir() {
    return TIDEMARK_SOURCE_DIR;
}

std::string binary_dir() {
    return TIDEMARK_BINARY_DIR;
}

}  // namespace tidemark::test
