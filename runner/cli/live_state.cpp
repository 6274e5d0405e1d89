#include "cli/live_state.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/tree_memory.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::cli {
namespace {

constexpr double kTooEarly = 0.02;  // share of a run below which its progress says little about its length

/// A sum of resident sizes counts shared pages more than once, so the tree has no more.
std::string memory_text(const protocol::Sample& sample) {
    const protocol::TreeMemory kind = protocol::known_throughout({&sample, 1});
    const std::int64_t bytes = protocol::tree_memory(sample, kind).value_or(0);
    return fmt::format("{}{} now", kind == protocol::TreeMemory::Sum ? "≤ " : "", to_text(Bytes{bytes}));
}

std::vector<std::string> steps_of(const run::LiveRun& run) {
    std::vector<std::string> parts;
    if (const auto& progress = run.progress()) {
        if (progress->epoch && progress->epochs)
            parts.push_back(fmt::format("epoch {}/{}", *progress->epoch, *progress->epochs));
        parts.push_back(fmt::format("step {}/{}", progress->step, progress->total));
    }
    if (run.loss()) parts.push_back(fmt::format("loss {:.3f}", *run.loss()));
    return parts;
}

}  // namespace

std::string live_line(const std::string& name, const run::LiveRun& run, Seconds elapsed, std::size_t width) {
    constexpr std::size_t kLeastOfName = 8;
    std::vector<std::string> parts{to_text(elapsed)};
    if (run.memory()) parts.push_back(memory_text(*run.memory()));
    for (std::string& step : steps_of(run)) parts.push_back(std::move(step));
    if (!run.phase().empty()) parts.push_back(terminal::visible(run.phase()));
    std::string text = fmt::format("▶ {}  ", fmt::join(parts, " · "));
    const std::size_t used = terminal::display_width(text);
    const std::size_t room = std::max(width > used ? width - used : 0, kLeastOfName);
    return text + terminal::shortened_in_middle(name, room);
}

std::string live_text(const run::LiveRun& run, Seconds elapsed) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " · ") + part; };
    if (!run.phase().empty()) add(terminal::visible(run.phase()));
    for (const std::string& step : steps_of(run)) add(step);
    if (run.memory()) add(memory_text(*run.memory()));
    add(to_text(elapsed));
    return text;
}

std::optional<double> share_done(const run::LiveRun& run) {
    const auto& progress = run.progress();
    if (!progress || progress->total <= 0) return std::nullopt;
    const double within = static_cast<double>(progress->step) / static_cast<double>(progress->total);
    if (!progress->epoch || !progress->epochs || *progress->epochs <= 0) return std::clamp(within, 0.0, 1.0);
    const double epochs_before = static_cast<double>(*progress->epoch - 1);
    return std::clamp((epochs_before + within) / static_cast<double>(*progress->epochs), 0.0, 1.0);
}

std::string bar(double done, std::size_t total, std::size_t width) {
    const double share = total == 0 ? 1 : std::clamp(done / static_cast<double>(total), 0.0, 1.0);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    std::string text;
    for (std::size_t i = 0; i < width; ++i) text += i < full ? "█" : "░";
    return text;
}

std::optional<Seconds> RemainingTime::estimate(const std::vector<Running>& running, std::size_t waiting,
                                               int jobs) const {
    double known = 0;
    std::size_t count = 0;
    for (const Seconds wall : walls_) {
        known += wall.value;
        ++count;
    }
    double left = 0;
    std::size_t unknown = waiting;
    for (const Running& run : running) {
        if (!run.share || *run.share < kTooEarly) {
            ++unknown;
            continue;
        }
        const double whole = run.elapsed.value / *run.share;
        left += whole - run.elapsed.value;
        known += whole;
        ++count;
    }
    if (count == 0) return std::nullopt;
    left += static_cast<double>(unknown) * known / static_cast<double>(count);
    return Seconds{left / std::max(1, jobs)};
}

}  // namespace tidemark::cli
