#pragma once

#include <string>

#include <sys/resource.h>

namespace tidemark::run {

/// How many files this process may have open at the same time (RLIMIT_NOFILE), and so how many runs it can
/// make at once. Where that needs more than the soft limit, it is raised to the hard one, and comes back at
/// the end; programs get the caller's in any case.
class DescriptorRoom {
  public:
    DescriptorRoom();
    DescriptorRoom(const DescriptorRoom&) = delete;
    DescriptorRoom& operator=(const DescriptorRoom&) = delete;
    ~DescriptorRoom();

    /// How many of `jobs` runs at the same time there is room for, beside what is open now; `note` says so
    /// where it is fewer. Throws CannotGoOn where there is room for none.
    int runs(int jobs, std::string& note);

    bool is_raised() const { return is_raised_; }
    rlim_t of_caller() const { return of_caller_.rlim_cur; }

  private:
    rlimit of_caller_{};
    bool is_raised_ = false;
};

}  // namespace tidemark::run
