#pragma once

#include <atomic>
#include <cstdint>

#include <sys/types.h>

#include "random_script.hpp"

namespace random_tree {

// Descriptors that every process of the tree has, behind exec too.
inline constexpr int kControlDescriptor = 10;
inline constexpr int kFirstObject = 20;  ///< memfds, kObjects of them
inline constexpr int kFirstCache = 40;   ///< files that are written and not mapped, kSlots of them

enum class State : int { NotBorn, Ready, Suspended, Starting, Dead };

/// What the processes of the tree share, in a memfd. The first of them leads: it tells each of its steps to
/// whom it is for, and waits until that one has done it.
struct Control {
    Script script;
    int next_step;                                  ///< of the leader, which may execute itself in between
    std::atomic<std::uint32_t> told[kMostPlayers];  ///< a step's number plus one; futexes
    std::atomic<std::uint32_t> done[kMostPlayers];
    std::atomic<std::uint32_t>
        news;  ///< changes whenever a process has something to tell the leader; a futex
    std::atomic<State> state[kMostPlayers];
    std::atomic<pid_t> pid[kMostPlayers];
    int suspended_parent[kMostPlayers];  ///< of the child of a vfork; -1
    bool has_lost_first_thread[kMostPlayers];
    int system_v[kObjects];  ///< ids; -1
    char file[256];          ///< there before, and in memory
    char tmpfs_file[256];
    char folder[256];  ///< where files may be written
};

extern Control* control;

/// A new process, or a new program in an old one, is there. `ready`: it can be told what to do.
void arrive(int player);
/// Does what it is told until it ends.
[[noreturn]] void play(int player);
/// One step. What it needs and does not find makes it do nothing.
void act(int player, const Step& step);
/// Goes on as the program's image begins anew; in random_program.cpp.
[[noreturn]] void go_on(int player);

void tell_leader();
void wake(std::atomic<std::uint32_t>& word);
void wait_for_change(std::atomic<std::uint32_t>& word, std::uint32_t old);
[[noreturn]] void give_up(const char* what);

/// In random_mappings.cpp: what is mapped in this address space.
void act_on_memory(const Step& step);

}  // namespace random_tree
