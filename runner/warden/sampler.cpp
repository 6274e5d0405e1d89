#include "warden/sampler.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "warden/clock.hpp"
#include "warden/file_io.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr double kFirstLook = 0.01;  // seconds after the start: the program is loaded, and has not done much
constexpr double kShortestPeriod = 0.05;  // seconds
/// The period of the lines grows with the age of the run to a second, and after a day beyond it, so that a
/// run of an hour has some 5,000 of them, not 70,000, and one of a week 250,000. That of the looks does not:
/// bounds rest on them.
constexpr double kAgeShare = 1.0 / 500;
constexpr double kEverySecond = 1;
constexpr double kAgeShareOfLong = 1.0 / 86400;

double line_period(double age) {
    return std::max({kShortestPeriod, std::min(kEverySecond, age * kAgeShare), age * kAgeShareOfLong});
}

/// At an exit that can be waited for: such looks come in bursts, and are worth more than others.
constexpr double kCostShareOfExits = 0.05;

/// Shares of the time that looks at pages may take where a cheap look has seen more than ever: of files that
/// are mapped, on which upper bounds rest; of all, which makes the guess better. At an exit, which is the
/// last chance, one may take what it takes: taking the pages took the program longer, and as each such look
/// sees a quarter more than any before it, all of them cost no more than some times the last.
constexpr double kShareOfMoreMapped = 0.05;
constexpr double kShareOfMore = 0.0015;
constexpr double kAllOfIt = std::numeric_limits<double>::infinity();
/// Seconds of CPU time that looks may take in advance, cheap ones and those at pages: a short run has them,
/// too. Cheap looks at a tree of four processes every 50 ms take the first for two seconds.
constexpr double kAdvance = 0.04;
constexpr double kAdvanceOfPages = 0.02;
/// The processes of a small tree often end together, each within the time that a share allows no further look
/// in.
constexpr double kAdvanceAtExits = 0.1;

/// A new high is one by so much, of the resident sizes also by a quarter: a look at pages takes longer the
/// more there are, so that looks at a tree that grows take no more than some times the last one.
constexpr std::int64_t kNewHigh = std::int64_t{1} << 20;
constexpr std::int64_t kQuarter = 4;

/// Mappings are worth a look again when so much more is resident, and a tenth.
constexpr std::int64_t kWorthALook = std::int64_t{256} << 10;
constexpr std::int64_t kTenth = 10;

/// Of a process that is about to exit, a page or two are no longer shared (its stack's, its thread's own),
/// and smaps tells shares of pages in whole KiB.
constexpr std::int64_t kStillInDoubt = std::int64_t{8} << 10;

void raise(std::optional<std::int64_t>& most, std::int64_t seen) {
    most = std::max(most.value_or(0), seen);
}

std::int64_t beyond(std::int64_t bytes, std::int64_t limit) {
    return std::max(std::int64_t{0}, bytes - limit);
}

/// What those had held at most whose memory is gone since: they ended, or execute another program, by which a
/// mark begins anew.
std::int64_t held_by_gone(const TreeLook& tree) {
    std::int64_t held = 0;
    for (const LivingProcess& process : tree.processes) {
        if (!process.has_own_memory) continue;
        const auto now = process_status(process.pid);
        if (!now || now->high_water_mark < process.status.high_water_mark)
            held += process.status.high_water_mark;
    }
    return held;
}

void tell_tree(const TreeLook& tree, protocol::Sample& seen) {
    seen.processes = static_cast<std::int64_t>(tree.processes.size());
    seen.rss_sum_bytes = tree.resident;
    seen.swap_bytes = std::max(seen.swap_bytes.value_or(0), tree.swap);
}

void tell_charge(const CgroupCharge& charge, protocol::Sample& seen) {
    seen.cache_bytes = charge.file;
    seen.charged_bytes = charge.anonymous + charge.shared + charge.file;
    seen.swap_bytes = std::max(seen.swap_bytes.value_or(0), charge.swap);
}

}  // namespace

Sampler::Sampler(const std::string& directory, double started, const KernelCounters& counters)
    : path_(directory + "/samples.jsonl"),
      started_(started),
      due_(started + kFirstLook),
      glance_due_(started + kEverySecond),
      memory_file_systems_(read_small_file("/proc/self/mountinfo")),
      counters_(counters),
      elsewhere_(counters),
      between_(counters),
      held_between_(counters) {}

Sampler::~Sampler() {
    if (file_ >= 0) close(file_);
}

TreeLook Sampler::look(const MemoryCgroup* cgroup, Occasion occasion) {
    Look look = look_at_tree(cgroup);
    note_processes(look.tree);
    count_pages(look, occasion);
    charge_again(look, cgroup);
    note(look);
    return std::move(look.tree);
}

Sampler::Look Sampler::look_at_tree(const MemoryCgroup* cgroup) {
    Look look;
    look.begin = monotonic_seconds();
    const auto charge = cgroup != nullptr ? cgroup->charge() : std::nullopt;
    look.is_charged = charge.has_value();
    look.charge = charge.value_or(CgroupCharge{});
    if (charge) look.mark_before = cgroup->peak_bytes().value_or(0);
    look.ended.before = heard();
    const bool may_share_pages = last_processes_.size() > 1;  // one process cannot hold more than there is
    const MachinePages before = may_share_pages ? pages_of_machine() : MachinePages{};
    last_processes_ = descendants();
    look.tree = look_at(last_processes_);
    const MachinePages machine = may_share_pages ? settled(before, pages_of_machine()) : before;
    look.ended.during = heard();
    look.mapped = {elsewhere_.most_of(look.tree, machine), {look.tree.file, look.tree.shared}};
    look.seen.t_s = look.begin - started_;
    tell_tree(look.tree, look.seen);
    if (look.is_charged) tell_charge(look.charge, look.seen);
    return look;
}

/// How much the tree holds, each page counted once, where it can be told or guessed now.
void Sampler::count_pages(Look& look, Occasion occasion) {
    last_still_ = 0;
    of_pages_s_ = 0;
    const TreeLook& tree = look.tree;
    const std::int64_t elsewhere = MappedElsewhere::beyond(look.charge, look.mapped.most);
    const bool has_grown = occasion == Occasion::Time && tree.resident > last_sum_ + kNewHigh;
    if (tree.is_of_one_memory()) {
        look.count = Count::Exact;
    } else if (const LivingProcess* most = look.is_charged ? tree.nearly_all() : nullptr) {
        // of files, the others are thought to map what it maps; a look at its pages would tell little more,
        // and keeps its memory alive when it ends meanwhile
        look.count = Count::Guess;
        look.mapped.guess = {most->status.file, most->status.shared};
    } else if (may_look_at_pages(look.begin, share_for_pages(look.begin, tree, elsewhere, occasion),
                                 has_grown)) {
        look.count = Count::Exact;
        return look_at_pages_of(look);
    }
    look.anonymous = tree.anonymous;
    if (look.count == Count::Unknown) return;
    const Mapped& guess = look.mapped.guess;
    look.seen.parts = {tree.anonymous, guess.shared, guess.file};
    look.seen.rss_bytes = tree.anonymous + guess.shared + guess.file;
}

/// What processes took meanwhile and are charged for is not charged elsewhere; nor what they gave up.
void Sampler::charge_again(Look& look, const MemoryCgroup* cgroup) {
    look.most_charged = look.charge;
    last_charge_ = look.is_charged ? std::optional(look.charge) : std::nullopt;
    if (!look.is_charged) return;
    if (MappedElsewhere::beyond(look.charge, look.mapped.most) > elsewhere_.known_last()) {
        last_charge_ = cgroup->charge();
        const CgroupCharge again = last_charge_.value_or(look.charge);
        look.most_charged.file = std::max(look.charge.file, again.file);
        look.most_charged.shared = std::max(look.charge.shared, again.shared);
    }
    look.mark = cgroup->peak_bytes().value_or(0);
    look.cache = look.charge.file + look.charge.shared;
    if (look.mark <= look.mark_before) return;
    // a call that still writes is charged for what it has written, and tells of it when it is done
    const CgroupCharge after = cgroup->charge().value_or(look.charge);
    look.cache = std::max(look.cache, after.file + after.shared);
    const std::int64_t of_gone = held_by_gone(look.tree);
    kept_.look(look.mark_before, look.mark, of_gone);
    kept_in_phase_.look(look.mark_before, look.mark, of_gone);
}

void Sampler::note(const Look& look) {
    const CgroupCharge& charge = look.charge;
    const Mapped& most = look.mapped.most;
    last_count_ = look.count;
    if (exit_marks_ != nullptr || unheard_) {
        note_missed(look.tree, look.ended, look.mark);
        former_ = {charge.anonymous + most.file + most.shared, charge.anonymous + charge.file + charge.shared,
                   beyond(look.tree.anonymous, charge.anonymous), 0};
    }
    if (exit_stops_ != nullptr && look.count == Count::Exact) note_held(look);
    note_mapped(look);
    if (look.is_charged) note_io(look.cache, look.mark);
    if (!look.tree.processes.empty()) keep(look);
    last_look_ = look.begin;
    last_sum_ = look.tree.resident;
}

void Sampler::note_processes(const TreeLook& tree) {
    int threads = 0;
    for (const LivingProcess& process : tree.processes) {
        threads += process.status.threads;
        largest_anonymous_ = std::max(largest_anonymous_, process.status.anonymous);
        largest_files_ = std::max(largest_files_, process.status.file + process.status.shared);
        if (process.status.ignores_children) lose_children();
    }
    most_threads_ = std::max(most_threads_, threads);
    most_processes_ = std::max(most_processes_, static_cast<int>(last_processes_.size()));
    raise(largest_huge_pages_, tree.huge_pages);
    // of the living alone: a number may be given to another process
    std::map<pid_t, std::int64_t> looked_at;
    for (const LivingProcess& process : tree.processes)
        looked_at[process.pid] = note_mapped_twice(process, files_looked_at_[process.pid]);
    files_looked_at_ = std::move(looked_at);
}

/// Mappings are looked at where more of files is resident than when they were looked at last.
std::int64_t Sampler::note_mapped_twice(const LivingProcess& process, std::int64_t looked_at) {
    const std::int64_t of_files = process.status.file + process.status.shared;
    if (!process.has_own_memory || of_files <= looked_at + looked_at / kTenth + kWorthALook) return looked_at;
    mapped_twice_ = std::max(mapped_twice_, std::min(of_files, parts_mapped_twice(process.pid)));
    return of_files;
}

std::vector<EndedTask> Sampler::heard() {
    if (exit_marks_ != nullptr) {
        std::vector<EndedTask> ended = exit_marks_->take();
        for (const EndedTask& task : ended)
            if (task.process == main_) mark_at_end_ = std::max(mark_at_end_, task.mark);
        return ended;
    }
    return unheard_ ? std::exchange(told_, {}) : std::vector<EndedTask>();
}

void Sampler::finish(std::int64_t peak) {
    cache_.saw({0, reaped_io_, peak, true});
    last_processes_.clear();
    if (exit_marks_ != nullptr || unheard_) note_missed({}, {heard(), {}}, peak);
    if (exit_stops_ != nullptr) note_held({});
    elsewhere_.finish(peak);
}

std::int64_t Sampler::faults_of_all() const {
    std::int64_t faults = exit_stops_->faults_of_ended();
    for (const pid_t process : last_processes_) faults += page_faults(process);
    return faults;
}

/// Between two looks at pages the tree held no more than at the former, with what grew and what was copied
/// since then, each by a fault of its own; nor more than at the latter, with what was given up meanwhile.
void Sampler::note_held(const Look& look) {
    std::vector<pid_t> living;
    for (const LivingProcess& process : look.tree.processes) living.push_back(process.pid);
    const std::vector<EndedTask> ended = exit_stops_->take_ended(living);
    constexpr pid_t kAll = 0;  // whom exit stops tell of are all of the tree
    const MissedGrowth missed = between_.look(look.tree, {ended, {}}, exit_stops_->most_processes(), kAll);
    const std::int64_t held =
        look.anonymous + look.mapped.most.file + look.mapped.most.shared + counters_.below(1);
    const std::int64_t faults = faults_of_all();
    const std::int64_t copied =
        std::min(former_.shared_anonymous, (faults - former_.faults) * sysconf(_SC_PAGESIZE));
    held_between_.add(look.tree, ended,
                      std::min({former_.held + missed.above_former + copied, held + missed.above_latter,
                                missed.marks_together}));
    most_held_ = std::max({most_held_, held, held_between_.most()});
    former_ = {held, 0, beyond(look.tree.anonymous, look.anonymous), faults};
}

void Sampler::looked_at_exit(pid_t thread) {
    spent_at_exits_ += last_cost_;
    if (exit_stops_ == nullptr || last_count_ != Count::Exact || !exit_stops_->was_looked_at(thread)) return;
    between_.ends_now(process_of(thread));
}

std::optional<std::int64_t> Sampler::most_held() const {
    if (exit_stops_ == nullptr || between_.missed_an_end()) return std::nullopt;
    return most_held_;
}

/// Children are asked before their parents: who ends meanwhile is then found twice rather than never.
std::int64_t Sampler::mapped_unheard(const TreeLook& tree) {
    std::map<pid_t, Faults> now;
    for (auto pid = last_processes_.rbegin(); pid != last_processes_.rend(); ++pid)
        if (const auto faults = faults_of(*pid)) now[*pid] = *faults;
    std::vector<pid_t> living;
    for (const LivingProcess& process : tree.processes) living.push_back(process.pid);
    return unheard_->look(now, living);
}

/// What grew between two looks came on top of what the former saw, and was charged or mapped elsewhere; as
/// were copies of pages that processes had shared.
void Sampler::note_missed(const TreeLook& tree, const BetweenLooks::Ended& ended, std::int64_t mark) {
    MissedGrowth missed = between_.look(tree, ended, tasks_->peak(), getpid());
    if (unheard_) {
        const std::int64_t more = mapped_unheard(tree);
        missed.above_both += more;
        missed.above_former += more;
        missed.marks_together = std::numeric_limits<std::int64_t>::max();  // nobody told those of the ended
    }
    if (missed.above_both == 0) return;
    const std::int64_t copied = std::min(former_.shared_anonymous, beyond(mark, former_.charged));
    const std::int64_t held = former_.held + missed.above_former + copied;
    elsewhere_.missed(missed.above_both, std::min(held, missed.marks_together), mark);
}

void Sampler::note_io(std::int64_t cache, std::int64_t peak) {
    CacheBound::Look look{cache, reaped_io_, peak, true};
    // of zombies too: nobody has been told yet what they did
    for (const pid_t process : last_processes_) {
        if (const auto io = file_io(process))
            look.io += *io;
        else if (process_status(process))
            cache_.lose();
    }
    // what a process did that was reaped meanwhile is its parent's now, who may have been asked before
    look.is_whole = last_processes_.size() == 1 || descendants() == last_processes_;
    cache_.saw(look);
}

void Sampler::reap(pid_t process, bool is_told) {
    const auto faults = unheard_ ? faults_of(process) : std::nullopt;
    if (faults && is_told) unheard_->reap_told(process, *faults);
    if (faults && !is_told) unheard_->reap(*faults);
    if (const auto io = file_io(process))
        reaped_io_ += *io;
    else
        cache_.lose();
}

double Sampler::share_for_pages(double now, const TreeLook& tree, std::int64_t elsewhere,
                                Occasion occasion) const {
    double share = now < line_due_ ? 0 : page_share_;
    // what was shared by fork may be copied by now, which no sum of sizes tells
    if (occasion == Occasion::Exit) share = std::max(share, kCostShareOfExits);
    if (elsewhere > elsewhere_.known() + kNewHigh) share = std::max(share, kShareOfMoreMapped);
    if (tree.resident > largest_sum_ + largest_sum_ / kQuarter + kNewHigh)
        share = std::max(share, occasion == Occasion::Exit ? kAllOfIt : kShareOfMore);
    return share;
}

/// Half of what may be had is kept for the time when a tree has grown: its peak is there.
bool Sampler::may_look_at_pages(double now, double share, bool is_growing) const {
    const double allowed = kAdvanceOfPages + (now - started_) * share;
    return share > 0 && all_pages_s_ <= (is_growing ? allowed / 2 : allowed);
}

void Sampler::look_at_pages_of(Look& look) {
    const double begin = monotonic_seconds();
    const double cpu_begin = own_cpu_seconds();
    const PageLook found = look_at_pages(look.tree, memory_file_systems_);
    hold_s_ += monotonic_seconds() - begin;
    of_pages_s_ = own_cpu_seconds() - cpu_begin;
    all_pages_s_ += of_pages_s_;
    const ResidentPages::Totals& pages = found.pages;
    largest_sum_ = std::max(largest_sum_, look.tree.resident);
    look.seen.parts = {pages.anonymous, pages.shared.least, pages.file.least};
    look.seen.rss_bytes = pages.anonymous + pages.shared.least + pages.file.least;
    const std::int64_t least = pages.least_anonymous + pages.shared.least + pages.file.least;
    last_still_ = found.is_still
                      ? beyond(least, kStillInDoubt * static_cast<std::int64_t>(look.tree.processes.size()))
                      : 0;
    largest_still_ = std::max(largest_still_, last_still_);
    // what was gone when its page was looked for is added as it was counted before
    const Mapped cheap = look.mapped.most;
    look.mapped.most = {std::min(pages.file.most + found.gone_file, cheap.file),
                        std::min(pages.shared.most + found.gone_shared, cheap.shared)};
    look.mapped.guess = {pages.file.least, pages.shared.least};
    look.anonymous = std::min(pages.anonymous + found.gone_anonymous, look.tree.anonymous);
}

void Sampler::note_mapped(const Look& look) {
    const Mapped& guess = look.mapped.guess;
    const CgroupCharge& charge = look.most_charged;
    const std::int64_t elsewhere = MappedElsewhere::beyond(charge, look.mapped.most);
    if (look.count == Count::Exact)
        elsewhere_.is(look.tree, look.mapped.most, elsewhere, look.mark);
    else
        elsewhere_.may_be(look.tree, elsewhere, look.mark);
    if (look.count == Count::Unknown) return;
    mapped_file_ = std::max(mapped_file_, guess.file + beyond(guess.shared, charge.shared));
    unmapped_shared_ = std::max(unmapped_shared_, beyond(charge.shared, guess.shared));
}

void Sampler::keep(const Look& look) {
    const protocol::Sample& seen = look.seen;
    if (look.count != Count::Unknown) {
        if (!first_) first_ = seen;
        last_ = seen;
        if (seen.rss_bytes >= largest_rss()) largest_ = seen;
    }
    raise(largest_swap_, seen.swap_bytes.value_or(0));
    if (is_new_high(seen) || look.begin >= line_due_) write_line(seen);
}

/// The peak of the timeline is in it, though no line was due.
bool Sampler::is_new_high(const protocol::Sample& seen) const {
    constexpr std::int64_t kHundredth = 100;
    const auto is_above = [](const std::optional<std::int64_t>& bytes, std::int64_t before) {
        return bytes && *bytes > before + before / kHundredth;
    };
    return is_above(seen.rss_bytes, largest_written_) || is_above(seen.rss_sum_bytes, largest_sum_written_);
}

void Sampler::glance(const MemoryCgroup* cgroup) {
    const double now = monotonic_seconds();
    const double cpu_begin = own_cpu_seconds();
    glance_due_ = now + kEverySecond;
    protocol::Sample seen;
    seen.t_s = now - started_;
    const auto charge = cgroup != nullptr ? cgroup->charge() : std::nullopt;
    if (charge.has_value()) tell_charge(charge.value(), seen);
    if (all_glances_s_ <= kAdvance + (now - started_) * kGlanceShare) {
        const TreeLook tree = look_at(descendants());
        if (tree.processes.empty()) return;
        tell_tree(tree, seen);
        if (tree.is_of_one_memory()) {
            seen.parts = {tree.anonymous, tree.shared, tree.file};
            seen.rss_bytes = tree.anonymous + tree.shared + tree.file;
            last_ = seen;
        }
    }
    all_glances_s_ += own_cpu_seconds() - cpu_begin;
    if (seen.charged_bytes || seen.rss_sum_bytes) write_line(seen);
}

/// What the program may have put there is neither followed nor waited for.
constexpr int kOpenToAppend = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

void Sampler::write_line(const protocol::Sample& seen) {
    if (file_ < 0) file_ = open(path_.c_str(), kOpenToAppend, 0644);
    const std::string line = protocol::to_json_line(seen);
    // a full disk costs the timeline, not the run
    [[maybe_unused]] const ssize_t count = write(file_, line.data(), line.size());
    line_due_ = started_ + seen.t_s + line_period(seen.t_s);
    glance_due_ = std::max(line_due_, started_ + seen.t_s + kEverySecond);
    largest_written_ = std::max(largest_written_, seen.rss_bytes.value_or(0));
    largest_sum_written_ = std::max(largest_sum_written_, seen.rss_sum_bytes.value_or(0));
}

/// Not by the cost of one look alone: the second of a short run must not wait for long because the first was
/// dear.
void Sampler::schedule(double cost) {
    last_cost_ = cost - of_pages_s_;
    all_cheap_s_ += last_cost_;
    const double paid_for = started_ + (all_cheap_s_ - kAdvance) / cost_share_;
    due_ = std::max(last_look_ + kShortestPeriod, paid_for);
}

bool Sampler::can_afford_another(double now) const {
    return !last_ || spent_at_exits_ < kAdvanceAtExits ||
           now - started_ - last_->t_s >= last_cost_ / kCostShareOfExits;
}

}  // namespace tidemark::warden
