// A tree of processes that does what a seed says: step by step, one process at a time, so that it is the same
// tree whoever watches it, and as fast as it can.
//   random-program SEED [--steps N] [--only-first K] [--skip I,J…] [--only I,J…] [--print]
//                       [--steps-mapping-once N]
//                       [--file FILE] [--tmpfs-file FILE] [--folder FOLDER]
// FILE: of 64 MiB, there before; without it the steps that map it do nothing. FOLDER: where files may be
// written (/tmp). Where TIDEMARK_TEST_CHECKPOINT names a socket, an observer counts page frames behind each
// step, and nothing delays.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "checkpoint.hpp"
#include "random_player.hpp"

// by the linker: where the program's pages are
extern "C" char __executable_start;  // NOLINT(bugprone-reserved-identifier)
extern "C" char __data_start;        // NOLINT(bugprone-reserved-identifier)
extern "C" char edata;

namespace random_tree {
namespace {

/// Tells of the end of a process, also where another waits for it.
class Death {
  public:
    explicit Death(int player)
        : descriptor_(static_cast<int>(syscall(SYS_pidfd_open, control->pid[player].load(), 0))) {
        if (descriptor_ < 0) give_up("pidfd_open");
    }
    Death(const Death&) = delete;
    Death& operator=(const Death&) = delete;
    ~Death() { close(descriptor_); }

    void wait() const {
        pollfd source{descriptor_, POLLIN, 0};
        if (poll(&source, 1, 30'000) != 1) give_up("a process does not end");
    }

  private:
    int descriptor_;
};

template <typename Condition>
void wait_until(Condition holds) {
    for (;;) {
        const std::uint32_t news = control->news;
        if (holds()) return;
        wait_for_change(control->news, news);
    }
}

void release_parent_of(int player) {
    const int parent = control->suspended_parent[player];
    if (parent < 0) return;
    control->suspended_parent[player] = -1;
    wait_until([&] { return control->state[parent] != State::Suspended; });
}

void tell(int player, int number) {
    control->told[player] = static_cast<std::uint32_t>(number) + 1;
    wake(control->told[player]);
}

/// Through one process of the tree, or this one, and no further before all that it does is done.
void make(int number) {
    const Step& step = control->script.steps[number];
    const int player = step.player;
    if (step.left_out || control->state[player] != State::Ready) return;
    const auto is_done = [&] {
        return player == 0 || control->done[player] == static_cast<std::uint32_t>(number) + 1;
    };
    const auto start = [&] {
        if (player == 0)
            act(0, step);
        else
            tell(player, number);
    };
    switch (step.act) {
        case Act::Fork:
        case Act::ForkUntraced:
        case Act::CloneVm:
            start();
            return wait_until([&] { return is_done() && control->state[step.other] == State::Ready; });
        case Act::Vfork:
            start();
            return wait_until([&] { return control->state[step.other] == State::Ready; });
        case Act::Exec:
        case Act::ExecByThread:
        case Act::LeaderEnds:
            control->state[player] = State::Starting;
            control->has_lost_first_thread[player] = step.act == Act::LeaderEnds;
            start();
            wait_until([&] { return control->state[player] == State::Ready; });
            return release_parent_of(player);
        case Act::Exit: {
            const Death death(player);
            start();
            death.wait();
            control->state[player] = State::Dead;
            return release_parent_of(player);
        }
        case Act::Kill: {
            const State state = control->state[step.other];
            if (state != State::Ready && state != State::Suspended) return;
            const Death death(step.other);
            start();
            wait_until(is_done);
            death.wait();
            control->state[step.other] = State::Dead;
            return release_parent_of(step.other);
        }
        default:
            start();
            return wait_until(is_done);
    }
}

void rest_after(int number) {
    if (known::is_observed())
        known::checkpoint();
    else if (const int delay = control->script.steps[number].delay_ms; delay != 0)
        usleep(static_cast<useconds_t>(delay) * 1000);
}

/// A process whose first thread has ended looks dead to who reads its state, and so may be left behind. That
/// is a question of how runs end, which would cost the ones about memory 10 seconds each.
void end_who_looks_dead() {
    for (int player = 1; player < kMostPlayers; ++player) {
        if (control->has_lost_first_thread[player] && control->state[player] != State::Dead)
            kill(control->pid[player], SIGKILL);
    }
}

[[noreturn]] void lead() {
    while (control->next_step < control->script.count) {
        const int number = control->next_step++;
        make(number);
        rest_after(number);
    }
    end_who_looks_dead();
    _exit(EXIT_SUCCESS);
}

Control* map_control() {
    void* memory = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, kControlDescriptor, 0);
    if (memory == MAP_FAILED) give_up("mmap");
    return static_cast<Control*>(memory);
}

void make_descriptor(const char* name, std::size_t bytes, int descriptor) {
    const int file = memfd_create(name, 0);
    if (file < 0 || ftruncate(file, static_cast<off_t>(bytes)) != 0 || dup2(file, descriptor) < 0)
        give_up("memfd_create");
    close(file);
}

void make_control() {
    make_descriptor("control", sizeof(Control), kControlDescriptor);
    for (int i = 0; i < kObjects; ++i) make_descriptor("segment", kPagesOfAFile * kPage, kFirstObject + i);
    control = new (map_control()) Control{};
    for (int& parent : control->suspended_parent) parent = -1;
    for (int& id : control->system_v) id = -1;
}

void leave_out(const char* list, bool all_others) {
    for (int i = 0; i < control->script.count; ++i) control->script.steps[i].left_out |= all_others;
    for (const char* at = list; *at != '\0';) {
        char* end = nullptr;
        const long number = std::strtol(at, &end, 10);
        if (end == at || number < 0 || number >= control->script.count) give_up("there is no such step");
        control->script.steps[number].left_out = !all_others;
        at = *end == ',' ? end + 1 : end;
    }
}

/// All of the program's own code, data and some stack, as it begins: otherwise a run that is observed, which
/// does other things between its steps, has other pages than one that is not.
void take_own_pages() {
    constexpr std::uintptr_t kMask = ~(std::uintptr_t{kPage} - 1);
    const auto begin = reinterpret_cast<std::uintptr_t>(&__executable_start) & kMask;
    const auto data = reinterpret_cast<std::uintptr_t>(&__data_start) & kMask;
    const auto end = reinterpret_cast<std::uintptr_t>(&edata);
    for (std::uintptr_t at = begin; at < data; at += kPage)
        static_cast<void>(*reinterpret_cast<volatile char*>(at));
    for (std::uintptr_t at = data; at < end; at += kPage) {
        volatile char* byte = reinterpret_cast<volatile char*>(at);
        *byte = *byte;
    }
    volatile char stack[4 * kPage];
    for (std::size_t at = 0; at < sizeof stack; at += kPage) stack[at] = 1;
}

void copy(char (&target)[256], const char* text) {
    std::snprintf(target, sizeof target, "%s", text);
}

void read_option(std::uint64_t seed, const char* name, const char* value) {
    const auto is = [name](const char* known) { return std::strcmp(name, known) == 0; };
    if (is("--steps"))
        write_script(seed, std::atoi(value), control->script);
    else if (is("--steps-mapping-once"))
        write_script(seed, std::atoi(value), control->script, true);
    else if (is("--only-first"))
        control->script.count = std::min(control->script.count, std::atoi(value));
    else if (is("--skip"))
        leave_out(value, false);
    else if (is("--only"))
        leave_out(value, true);
    else if (is("--file"))
        copy(control->file, value);
    else if (is("--tmpfs-file"))
        copy(control->tmpfs_file, value);
    else if (is("--folder"))
        copy(control->folder, value);
    else
        give_up(name);
}

[[noreturn]] void begin(int count, char** words) {
    take_own_pages();
    make_control();
    copy(control->folder, "/tmp");
    const std::uint64_t seed = std::strtoull(words[1], nullptr, 10);
    write_script(seed, 0, control->script);
    bool prints = false;
    for (int i = 2; i < count; ++i) {
        if (std::strcmp(words[i], "--print") == 0) {
            prints = true;
            continue;
        }
        if (i + 1 == count) give_up("an option without its value");
        read_option(seed, words[i], words[i + 1]);
        ++i;
    }
    if (prints) {
        print_script(control->script);
        std::exit(EXIT_SUCCESS);
    }
    arrive(0);
    known::checkpoint();
    lead();
}

}  // namespace

void go_on(int player) {
    if (player != 0) {
        // it has done what made it begin anew
        control->done[player] = control->told[player].load();
        arrive(player);
        play(player);
    }
    arrive(0);
    rest_after(control->next_step - 1);
    lead();
}

}  // namespace random_tree

int main(int argc, char** argv) {
    using namespace random_tree;
    if (argc == 3 && std::strcmp(argv[1], "--go-on") == 0) {
        control = map_control();
        take_own_pages();
        go_on(std::atoi(argv[2]));
    }
    if (argc < 2) {
        std::fprintf(stderr, "random-program SEED [--print] …\n");
        return EXIT_FAILURE;
    }
    begin(argc, argv);
}
