#include "warden/mapped_elsewhere.hpp"

#include <algorithm>

namespace tidemark::warden {
namespace {

constexpr std::int64_t kNone = 0;

/// What a counter tells, or by how much two readings of it differ, with what it may not have counted yet. A
/// process that took little runs on few CPUs, so that no more than it took is thought to be missing.
std::int64_t with_doubt(std::int64_t counted, std::int64_t doubt) {
    return counted <= kNone ? kNone : counted + std::min(counted, doubt);
}

}  // namespace

std::int64_t MappedElsewhere::beyond(const CgroupCharge& charge, const Mapped& mapped) {
    return std::max(kNone, mapped.file - charge.file) + std::max(kNone, mapped.shared - charge.shared);
}

MappedElsewhere::OfProcesses MappedElsewhere::of_processes(const TreeLook& tree) {
    OfProcesses each;
    for (const LivingProcess& process : tree.processes) {
        if (process.has_own_memory) each[process.pid] = {process.status.file, process.status.shared};
    }
    return each;
}

Mapped MappedElsewhere::most_of(const TreeLook& tree, const MachinePages& machine) const {
    Mapped grown = found_;
    Mapped sum;
    for (const LivingProcess& process : tree.processes) {
        if (!process.has_own_memory) continue;
        const auto before = had_.find(process.pid);
        const bool is_new = before == had_.end();
        const Mapped had = is_new ? Mapped{} : before->second;
        const std::int64_t doubt = counters_.one_below(process.status.threads);
        grown.file += with_doubt(process.status.file - had.file, is_new ? doubt : 2 * doubt);
        grown.shared += with_doubt(process.status.shared - had.shared, is_new ? doubt : 2 * doubt);
        sum.file += with_doubt(process.status.file, doubt);
        sum.shared += with_doubt(process.status.shared, doubt);
    }
    return {std::min({grown.file, sum.file, machine.mapped}),
            std::min({grown.shared, sum.shared, machine.shared})};
}

bool MappedElsewhere::still_has_what_may_be(const TreeLook& tree) const {
    const OfProcesses now = of_processes(tree);
    return std::ranges::all_of(may_be_of_, [&](const auto& before) {
        const auto has = now.find(before.first);
        return has != now.end() && has->second.file >= before.second.file &&
               has->second.shared >= before.second.shared;
    });
}

void MappedElsewhere::Beside::raise(std::int64_t seen, std::int64_t mark) {
    elsewhere = std::max(elsewhere, seen);
    with_charge = std::max(with_charge, elsewhere + mark);
}

/// Nobody can tell any more how much it was, so it counts as what it may have been. What was missed came on
/// top of the larger of the looks around it, of which this one, with `elsewhere`, is the latter.
void MappedElsewhere::keep_what_nobody_has(const TreeLook& tree, std::int64_t elsewhere) {
    if (may_be_.elsewhere == kNone || still_has_what_may_be(tree)) return;
    may_be_.raise(kNone, mark_);
    most_ = most();
    with_charge_ = std::max(with_charge_, may_be_.with_charge);
    keep_what_was_missed(std::max(may_be_.elsewhere, elsewhere));
    may_be_ = {};
}

void MappedElsewhere::keep_what_was_missed(std::int64_t elsewhere) {
    if (missed_.beside_elsewhere == kNone) return;
    most_missed_ = std::max(most_missed_, std::min(missed_.held, missed_.beside_elsewhere + elsewhere));
    missed_ = {};
}

void MappedElsewhere::missed(std::int64_t growth, std::int64_t held, std::int64_t mark) {
    missed_.beside_elsewhere = std::max(missed_.beside_elsewhere, growth + mark);
    missed_.held = std::max(missed_.held, held);
}

void MappedElsewhere::may_be(const TreeLook& tree, std::int64_t elsewhere, std::int64_t mark) {
    saw(elsewhere, mark);
    keep_what_nobody_has(tree, elsewhere);
    if (elsewhere > std::max(may_be_.elsewhere, known_last_)) may_be_of_ = of_processes(tree);
    may_be_.raise(std::max(elsewhere, known_last_), mark_);
}

void MappedElsewhere::is(const TreeLook& tree, const Mapped& found, std::int64_t elsewhere,
                         std::int64_t mark) {
    saw(elsewhere, mark);
    keep_what_nobody_has(tree, elsewhere);
    keep_what_was_missed(std::max(elsewhere, known_last_));
    may_be_ = {};
    found_ = found;
    had_ = of_processes(tree);
    most_ = std::max(elsewhere, most_.value_or(kNone));
    with_charge_ = std::max(with_charge_, std::max(elsewhere, known_last_) + mark_);
    known_last_ = elsewhere;
}

void MappedElsewhere::finish(std::int64_t mark) {
    mark_ = std::max(mark_, mark);
    const std::int64_t last = std::max(known_last_, may_be_.elsewhere);
    with_charge_ = std::max(with_charge_, last + mark_);
    keep_what_was_missed(last);
}

void MappedElsewhere::saw(std::int64_t elsewhere, std::int64_t mark) {
    mark_ = std::max(mark_, mark);
    settled_ = std::max(settled_, std::min(elsewhere, last_));
    last_ = elsewhere;
}

std::optional<std::int64_t> MappedElsewhere::most() const {
    if (may_be_.elsewhere == kNone) return most_;
    return std::max(may_be_.elsewhere, most_.value_or(kNone));
}

std::optional<std::int64_t> MappedElsewhere::most_at_peak() const {
    if (!most()) return std::nullopt;
    return std::clamp(std::max(with_charge_, may_be_.with_charge) - mark_, kNone, *most());
}

bool MappedElsewhere::has_settled() const {
    constexpr std::int64_t kTrifle = std::int64_t{2} << 20;
    return most_at_peak().value_or(kNone) <= settled_ + kTrifle;
}

}  // namespace tidemark::warden
