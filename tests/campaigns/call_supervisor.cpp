#include "call_supervisor.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace tidemark::test {
namespace {

constexpr const char* kOwnName = "--become-supervised";
constexpr int kPatience = 60;  // seconds

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

int install(const std::vector<int>& numbers) {
    std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const int number : numbers) {
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1));
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return static_cast<int>(
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

/// One descriptor over a socket: `number` to send it, or -1 to get one.
int pass_descriptor(int socket, int number) {
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (number < 0) {
        if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0 || CMSG_FIRSTHDR(&message) == nullptr) return -1;
        std::memcpy(&number, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof number);
        return number;
    }
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof number);
    std::memcpy(CMSG_DATA(header), &number, sizeof number);
    return sendmsg(socket, &message, 0) == 1 ? number : -1;
}

/// Answers one call that waits; false where there was none.
bool answer(int listener, Supervised& so_far, int calls_before, int error) {
    seccomp_notif call{};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return false;
    seccomp_notif_resp reply{};
    reply.id = call.id;
    if (so_far.calls++ == calls_before) {
        reply.error = -error;
        so_far.has_failed = true;
    } else {
        reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);  // fails where the caller was killed meanwhile
    return true;
}

int listener_of(int socket) {
    pollfd source{socket, POLLIN, 0};
    if (poll(&source, 1, kPatience * 1000) <= 0) return -1;
    const int connection = accept4(socket, nullptr, nullptr, SOCK_CLOEXEC);
    const int listener = connection < 0 ? -1 : pass_descriptor(connection, -1);
    close(connection);
    return listener;
}

}  // namespace

const std::vector<CallGroup>& call_groups() {
    static const std::vector<CallGroup> groups{
        {"rename", {SYS_rename, SYS_renameat, SYS_renameat2}, {ENOSPC, EIO}},
        {"mkdir", {SYS_mkdir, SYS_mkdirat}, {ENOSPC, EACCES}},
        {"fork", {SYS_vfork, SYS_fork, SYS_clone, SYS_clone3}, {EAGAIN, ENOMEM}},
        {"fsync", {SYS_fsync, SYS_fdatasync}, {EIO}},
        {"descriptors",
         {SYS_pidfd_open, SYS_memfd_create, SYS_signalfd4, SYS_eventfd2, SYS_inotify_init1, SYS_socket},
         {EMFILE}},
        {"removal", {SYS_rmdir, SYS_unlink, SYS_unlinkat}, {EACCES, EBUSY}},
        {"poll", {SYS_poll}, {EINTR, ENOMEM}},
        {"execve", {SYS_execve}, {ENOMEM}},
        {"write", {SYS_write}, {ENOSPC}},
        {"pwrite", {SYS_pwrite64}, {ENOSPC}},
    };
    return groups;
}

Supervised run_with_failing_call(Workspace& folder, std::vector<std::string> command,
                                 const StartOptions& options, const CallGroup& group, int calls_before,
                                 int error) {
    const std::string path = (folder / ".calls").string();
    const sockaddr_un address = address_of(path);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(socket, 1) != 0)
        throw std::runtime_error("cannot listen at " + path);
    command.insert(command.begin(), {"/proc/self/exe", kOwnName, path, group.name});
    command.front() = std::filesystem::read_symlink("/proc/self/exe").string();
    Started started = folder.start(command, options);
    const int listener = listener_of(socket);
    Supervised result;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kPatience);
    while (listener >= 0 && is_running(started.pid())) {
        pollfd source{listener, POLLIN, 0};
        if (poll(&source, 1, 20) > 0 && (source.revents & POLLIN) != 0)
            answer(listener, result, calls_before, error);
        if (std::chrono::steady_clock::now() < end) continue;
        result.hung = true;
        started.signal(SIGKILL);
    }
    close(listener);
    close(socket);
    std::filesystem::remove(path);
    result.finished = started.wait();
    return result;
}

void become_supervised(int count, char** arguments) {
    if (count < 5 || std::strcmp(arguments[1], kOwnName) != 0) return;
    const auto& groups = call_groups();
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const CallGroup& known) {
        return std::strcmp(known.name, arguments[3]) == 0;
    });
    const sockaddr_un address = address_of(arguments[2]);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (group == groups.end() ||
        connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        std::exit(125);
    const int listener = install(group->numbers);
    if (listener < 0 || pass_descriptor(socket, listener) < 0) {
        std::fprintf(stderr, "cannot have system calls notified: %s\n", std::strerror(errno));
        std::exit(125);
    }
    close(listener);
    close(socket);
    execv(arguments[4], arguments + 4);
    std::exit(127);
}

}  // namespace tidemark::test
