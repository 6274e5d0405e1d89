#include "random_script.hpp"

#include <algorithm>

namespace random_tree {
namespace {

constexpr std::uint32_t kPagesOfAMebibyte = 256;
/// What all processes together may hold, as far as the model knows, which counts what is shared more than
/// once.
constexpr std::uint32_t kBudget = 340 * kPagesOfAMebibyte;
constexpr std::uint32_t kPagesOfAHugePage = 512;

/// splitmix64: what the standard library draws differs from version to version.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0xD1342543DE82EF95ULL + 1) {}

    std::uint32_t below(std::uint32_t limit) {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        return static_cast<std::uint32_t>((mixed ^ (mixed >> 31)) % limit);
    }
    bool one_in(std::uint32_t count) { return below(count) == 0; }

  private:
    std::uint64_t state_;
};

/// How often each act is drawn, in the order of the enumeration.
constexpr std::uint8_t kWeights[kActs] = {14, 1, 4, 4, 5, 1, 26, 20, 8, 5, 3, 2,
                                          8,  4, 3, 4, 7, 4, 1,  2,  2, 3, 1};
constexpr std::uint8_t kKindWeights[kKinds] = {10, 1, 3, 3, 2, 5, 2, 2, 2};

template <int N>
int draw(Dice& dice, const std::uint8_t (&weights)[N]) {
    std::uint32_t sum = 0;
    for (const std::uint8_t weight : weights) sum += weight;
    std::uint32_t at = dice.below(sum);
    for (int i = 0;; ++i) {
        if (at < weights[i]) return i;
        at -= weights[i];
    }
}

struct Slot {
    bool is_used = false;
    Kind kind{};
    std::uint32_t pages = 0;
    std::uint8_t object = 0;
};

struct Space {
    Slot slots[kSlots];
};

struct Player {
    bool is_there = false;
    bool waits_for_children = true;
    bool has_untraced_child = false;
    int suspended_by = -1;  ///< the child of a vfork
    int space = 0;
    bool has_cache[kSlots] = {};
};

/// What the tree looks like after the steps so far, so that most of the next ones make sense. What it gets
/// wrong is a step that does nothing.
class Model {
  public:
    Model(std::uint64_t seed, Script& script, bool maps_once)
        : dice_(seed), script_(script), maps_once_(maps_once) {
        players_[0].is_there = true;
    }

    void write(int steps) {
        if (steps == 0) steps = 10 + static_cast<int>(dice_.below(26));
        steps = std::min(steps, kMostSteps);
        while (script_.count < steps) {
            Step step;
            step.act = static_cast<Act>(draw(dice_, kWeights));
            step.player = static_cast<std::uint8_t>(dice_.below(kMostPlayers));
            const Player& player = players_[step.player];
            if (!player.is_there || player.suspended_by >= 0 || !fill(step)) continue;
            append(step);
            // what is mapped takes no memory before it is touched
            if (step.act == Act::Map && !dice_.one_in(5) && script_.count < steps) append(touch_of(step));
        }
    }

  private:
    void append(Step step) {
        step.delay_ms = delay();
        script_.steps[script_.count++] = step;
    }

    Step touch_of(const Step& map) {
        Step step = map;
        step.act = map.kind == Kind::FileShared || dice_.one_in(4) ? Act::Read : Act::Write;
        step.from = 0;
        return step;
    }

    std::uint8_t delay() {
        if (!dice_.one_in(3)) return 0;
        return static_cast<std::uint8_t>(dice_.one_in(5) ? 4 + dice_.below(17) : 1 + dice_.below(3));
    }

    std::uint32_t size() {
        const std::uint32_t kind = dice_.below(20);
        if (kind < 9) return 1 + dice_.below(kPagesOfAMebibyte);
        if (kind < 16) return kPagesOfAMebibyte * (1 + dice_.below(8));
        return kPagesOfAMebibyte * (kind < 19 ? 8 + dice_.below(16) : 24 + dice_.below(37));
    }

    std::uint32_t held() const {
        std::uint32_t sum = 0;
        for (int space = 0; space < spaces_; ++space) {
            const bool is_in_use = std::ranges::any_of(
                players_, [&](const Player& player) { return player.is_there && player.space == space; });
            if (!is_in_use) continue;
            for (const Slot& slot : space_[space].slots) sum += slot.is_used ? slot.pages : 0;
        }
        return sum;
    }

    int new_space(const Space& space) {
        space_[spaces_] = space;
        return spaces_++;
    }

    bool choose_slot(Step& step, bool used) {
        step.slot = static_cast<std::uint8_t>(dice_.below(kSlots));
        return slot(step).is_used == used;
    }

    Slot& slot(const Step& step) { return space_[players_[step.player].space].slots[step.slot]; }

    /// A part of the mapping, most often all of it.
    void choose_part(Step& step) {
        step.pages = slot(step).pages;
        if (dice_.one_in(2) || step.pages < 4) return;
        step.from = dice_.below(step.pages / 2);
        step.pages = 1 + dice_.below(step.pages - step.from);
    }

    bool fill(Step& step) {
        switch (step.act) {
            case Act::ForkUntraced:
                // who is neither traced nor waited for is hidden from exit stops, which README says
                return players_[step.player].waits_for_children && give_birth(step);
            case Act::ChildrenIgnored:
            case Act::ChildrenUnwaited:
                if (players_[step.player].has_untraced_child) return false;
                players_[step.player].waits_for_children = false;
                return true;
            case Act::Fork:
            case Act::Vfork:
            case Act::CloneVm:
                return give_birth(step);
            case Act::Exec:
            case Act::ExecByThread:
                if (spaces_ == kMostSpaces) return false;
                leave_space(step.player);
                players_[step.player].space = new_space({});
                return true;
            case Act::Map:
            case Act::Threads:
                return map(step);
            case Act::Write:
                if (!choose_slot(step, true) || slot(step).kind == Kind::FileShared) return false;
                choose_part(step);
                return true;
            case Act::Read:
            case Act::DontNeed:
                if (!choose_slot(step, true)) return false;
                choose_part(step);
                return true;
            case Act::Resize:
                return resize(step);
            case Act::Move:
                return choose_slot(step, true) && slot(step).kind != Kind::Huge &&
                       slot(step).kind != Kind::SystemV;
            case Act::Unmap:
                if (!choose_slot(step, true)) return false;
                slot(step).is_used = false;
                return true;
            case Act::WriteCache:
            case Act::DropCache:
                return use_cache(step);
            case Act::Exit:
                if (step.player == 0) return false;
                ends(step.player);
                return true;
            case Act::LeaderEnds:
                // the kernel takes the end of the first thread for the end of a vfork
                leave_space(step.player);
                return true;
            case Act::Kill:
                step.other = static_cast<std::uint8_t>(1 + dice_.below(kMostPlayers - 1));
                if (step.other == step.player || !players_[step.other].is_there) return false;
                ends(step.other);
                return true;
            default:
                return true;
        }
    }

    bool give_birth(Step& step) {
        const bool has_memory_of_its_own = step.act != Act::CloneVm && step.act != Act::Vfork;
        if (born_ == kMostPlayers || spaces_ == kMostSpaces) return false;
        Player& parent = players_[step.player];
        Space copy = space_[parent.space];
        std::uint32_t sum = held();
        for (const Slot& slot : copy.slots) sum += slot.is_used ? slot.pages : 0;
        if (has_memory_of_its_own && sum > kBudget) return false;
        step.other = static_cast<std::uint8_t>(born_++);
        Player& child = players_[step.other];
        child = parent;
        child.is_there = true;
        child.has_untraced_child = false;
        if (step.act == Act::ForkUntraced) parent.has_untraced_child = true;
        if (has_memory_of_its_own) child.space = new_space(copy);
        if (step.act != Act::Vfork) return true;
        // the first process leads, and cannot be suspended: its child executes at once
        if (step.player == 0)
            child.space = new_space({});
        else
            parent.suspended_by = step.other;
        return true;
    }

    bool map(Step& step) {
        if (!choose_slot(step, false)) return false;
        step.kind = step.act == Act::Threads ? Kind::Private : static_cast<Kind>(draw(dice_, kKindWeights));
        step.object = static_cast<std::uint8_t>(dice_.below(kObjects));
        step.pages = size();
        if (step.kind == Kind::Huge) step.pages = (step.pages / kPagesOfAHugePage + 1) * kPagesOfAHugePage;
        const bool of_a_file =
            step.kind == Kind::FileShared || step.kind == Kind::FilePrivate || step.kind == Kind::TmpfsFile;
        if (of_a_file) step.from = dice_.below(4) * (kPagesOfAFile - step.pages) / 4;
        if (held() + step.pages > kBudget) return false;
        if (maps_once_ && is_mapped_already(step)) return false;
        slot(step) = {true, step.kind, step.pages, step.object};
        return true;
    }

    bool is_mapped_already(const Step& step) {
        const auto of_the_file = [](Kind kind) {
            return kind == Kind::FileShared || kind == Kind::FilePrivate;
        };
        return std::ranges::any_of(space_[players_[step.player].space].slots, [&](const Slot& other) {
            if (!other.is_used) return false;
            if (of_the_file(step.kind)) return of_the_file(other.kind);
            if (step.kind != other.kind) return false;
            const bool is_named = step.kind == Kind::Segment || step.kind == Kind::SystemV;
            return step.kind == Kind::TmpfsFile || (is_named && other.object == step.object);
        });
    }

    bool resize(Step& step) {
        if (!choose_slot(step, true) || slot(step).kind == Kind::Huge || slot(step).kind == Kind::SystemV)
            return false;
        step.pages = size();
        const bool grows = step.pages > slot(step).pages;
        if (grows && (slot(step).kind != Kind::Private || held() + step.pages > kBudget)) return false;
        slot(step).pages = step.pages;
        return true;
    }

    bool use_cache(Step& step) {
        step.slot = static_cast<std::uint8_t>(dice_.below(kSlots));
        const bool writes = step.act == Act::WriteCache;
        if (players_[step.player].has_cache[step.slot] == writes) return false;
        players_[step.player].has_cache[step.slot] = writes;
        step.kind = dice_.one_in(2) ? Kind::Segment : Kind::OwnFile;
        step.pages = size();
        return true;
    }

    /// What was suspended by this player goes on.
    void leave_space(int player) {
        for (Player& other : players_) {
            if (other.suspended_by == player) other.suspended_by = -1;
        }
    }

    void ends(int player) {
        leave_space(player);
        players_[player].is_there = false;
    }

    static constexpr int kMostSpaces = 2 * kMostPlayers;
    Dice dice_;
    Script& script_;
    bool maps_once_;
    Player players_[kMostPlayers];
    Space space_[kMostSpaces];
    int born_ = 1;
    int spaces_ = 1;
};

}  // namespace

void write_script(std::uint64_t seed, int steps, Script& script, bool maps_once) {
    script.count = 0;
    Model(seed, script, maps_once).write(steps);
}

}  // namespace random_tree
