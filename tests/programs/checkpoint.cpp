#include "checkpoint.hpp"

#include <cstdlib>

#include <unistd.h>

namespace known {

bool is_observed() {
    return std::getenv(kCheckpointVariable) != nullptr;
}

void checkpoint() {
    const char* number = std::getenv(kCheckpointVariable);
    if (number == nullptr) return;
    const int observer = std::atoi(number);
    char letter = 'c';
    // an observer that is gone will not count what comes: the run is over
    if (write(observer, &letter, 1) != 1 || read(observer, &letter, 1) != 1) _exit(EXIT_FAILURE);
}

}  // namespace known
