#include "warden/address_spaces.hpp"

#include <cstddef>
#include <map>

#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tidemark::warden {
namespace {

/// kcmp's answers: the order is one of kernel pointers, of no meaning but the same for all who ask.
enum class Order { Same = 0, Before = 1, Behind = 2 };

long compare_memory(pid_t one, pid_t other) {
    return syscall(SYS_kcmp, one, other, KCMP_VM, 0, 0);
}

/// Puts the process among others, which are in kcmp's order. False: one of them has the same memory.
bool insert(std::vector<pid_t>& others, pid_t process) {
    std::size_t from = 0;
    std::size_t to = others.size();
    while (from < to) {
        const std::size_t middle = from + (to - from) / 2;
        const long order = compare_memory(process, others[middle]);
        if (order == static_cast<long>(Order::Same)) return false;
        if (order == static_cast<long>(Order::Behind))
            from = middle + 1;
        else
            to = middle;
    }
    others.insert(others.begin() + static_cast<std::ptrdiff_t>(from), process);
    return true;
}

}  // namespace

bool share_memory(pid_t one, pid_t other) {
    return compare_memory(one, other) == static_cast<long>(Order::Same);
}

std::vector<bool> first_of_each_memory(const std::vector<pid_t>& processes,
                                       const std::vector<std::int64_t>& virtual_sizes) {
    std::vector<bool> first(processes.size(), true);
    // who has another size has another memory, so few are left to be compared
    std::map<std::int64_t, std::vector<pid_t>> of_size;
    for (std::size_t i = 0; i < processes.size(); ++i)
        first[i] = insert(of_size[virtual_sizes[i]], processes[i]);
    return first;
}

}  // namespace tidemark::warden
