#include "warden/image_watch.hpp"

#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace tidemark::warden {

void ImageWatch::begin(pid_t process) {
    stop();
    maps_ = open(("/proc/" + std::to_string(process) + "/maps").c_str(), O_RDONLY | O_CLOEXEC);
}

bool ImageWatch::is_same() const {
    char letter = 0;
    return maps_ >= 0 && pread(maps_, &letter, 1, 0) == 1;
}

void ImageWatch::stop() {
    if (maps_ >= 0) close(maps_);
    maps_ = -1;
}

}  // namespace tidemark::warden
