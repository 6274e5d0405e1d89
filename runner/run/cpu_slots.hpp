#pragma once

#include <vector>

namespace tidemark::run {

/// The CPUs that this process may use (sched_getaffinity).
std::vector<int> usable_cpus();

/// Gives runs that are made at the same time CPUs of their own.
class CpuSlots {
  public:
    explicit CpuSlots(std::vector<int> cpus) : cpus_(std::move(cpus)), taken_(cpus_.size(), false) {}

    /// Takes `count` CPUs; fewer where there are not so many free.
    std::vector<int> take(int count);
    void release(const std::vector<int>& cpus);
    int free() const;

  private:
    std::vector<int> cpus_;
    std::vector<bool> taken_;
};

}  // namespace tidemark::run
