#pragma once

#include <sys/types.h>

namespace tidemark::warden {

/// Knows whether a process has executed another program since: an open /proc/PID/maps belongs to the memory
/// that the process had when it was opened, and is empty when that is gone (fs/proc/task_mmu.c).
class ImageWatch {
  public:
    ImageWatch() = default;
    ImageWatch(const ImageWatch&) = delete;
    ImageWatch& operator=(const ImageWatch&) = delete;
    ~ImageWatch() { stop(); }

    /// From now on. Where the process may not be looked at, is_same() is false.
    void begin(pid_t process);
    bool is_same() const;

  private:
    void stop();

    int maps_ = -1;
};

}  // namespace tidemark::warden
