// deny-call NAME ERRNO COMMAND...: the command, in whose processes one system call always fails, by seccomp.
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

struct Call {
    const char* name;
    unsigned number;
};
constexpr Call kCalls[]{{"poll", SYS_poll},
                        {"signalfd", SYS_signalfd4},
                        {"eventfd", SYS_eventfd2},
                        {"inotify", SYS_inotify_init1},
                        {"pidfd_open", SYS_pidfd_open},
                        {"memfd_create", SYS_memfd_create},
                        {"vfork", SYS_vfork}};

bool deny(unsigned call, unsigned error) {
    sock_filter filter[]{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) return 2;
    for (const Call& call : kCalls) {
        if (std::strcmp(call.name, arguments[1]) != 0) continue;
        if (!deny(call.number, static_cast<unsigned>(std::atoi(arguments[2])))) break;
        execvp(arguments[3], arguments + 3);
        break;
    }
    std::fprintf(stderr, "deny-call: %s: %s\n", arguments[1], std::strerror(errno));
    return 125;
}
