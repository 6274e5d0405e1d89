#pragma once

#include <cstdint>

namespace random_tree {

inline constexpr int kMostPlayers = 16;  ///< processes over the whole script; none has the number of another
inline constexpr int kSlots = 6;         ///< mappings of one address space
inline constexpr int kObjects = 3;       ///< segments that processes share by name
inline constexpr int kMostSteps = 200;
inline constexpr std::size_t kPage = 4096;
inline constexpr std::uint32_t kPagesOfAFile = 16384;  ///< of the files that the program is given: 64 MiB

/// What a process of the tree does, one at a time.
enum class Act : std::uint8_t {
    Fork,
    ForkUntraced,
    Vfork,  ///< the child plays in its parent's memory, while that is suspended, until it executes or ends
    CloneVm,
    Exec,
    ExecByThread,
    Map,
    Write,
    Read,
    DontNeed,
    Resize,
    Move,
    Unmap,
    Threads,  ///< map, and let three threads touch a third each; then they end
    WriteCache,
    DropCache,
    Exit,
    Kill,
    ChildrenDefault,
    ChildrenIgnored,
    ChildrenUnwaited,  ///< SA_NOCLDWAIT
    Reap,
    LeaderEnds,  ///< the first thread ends, another goes on
};
inline constexpr int kActs = 23;

enum class Kind : std::uint8_t {
    Private,
    Huge,
    Shared,
    FileShared,   ///< of the file that was there before
    FilePrivate,  ///< written: a copy
    Segment,      ///< memfd
    SystemV,
    TmpfsFile,  ///< of the file in tmpfs that was there before
    OwnFile,    ///< that the process writes first
};
inline constexpr int kKinds = 9;

struct Step {
    Act act{};
    Kind kind{};
    std::uint8_t player = 0;
    std::uint8_t other = 0;  ///< who is born, or killed
    std::uint8_t slot = 0;
    std::uint8_t object = 0;
    std::uint8_t delay_ms = 0;  ///< behind it
    bool left_out = false;
    std::uint32_t from = 0;  ///< the first page, of a file or of a mapping
    std::uint32_t pages = 0;
};

struct Script {
    int count = 0;
    Step steps[kMostSteps];
};

/// The same for the same seed, everywhere and for ever. `steps`: how many; 0: as many as the seed says.
/// `maps_once`: no process maps a file or a segment twice at a time; the kernel's counters of resident pages
/// count such pages twice.
void write_script(std::uint64_t seed, int steps, Script& script, bool maps_once = false);

void print_script(const Script& script);

}  // namespace random_tree
