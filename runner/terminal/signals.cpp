#include "terminal/signals.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::terminal {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

std::atomic<int> wishes = 0;
std::atomic<int> wake = -1;
std::array<struct sigaction, kSignals.size()> former;

static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may use no locks");

void count_wish(int) {
    const int error = errno;
    ++wishes;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t count = write(wake, &one, sizeof one);
    errno = error;
}

}  // namespace

SignalInterruption::SignalInterruption() {
    wishes = 0;
    wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0) throw CannotGoOn(fmt::format("eventfd: {}", errno_text(errno)));
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        sigaction(kSignals[i], nullptr, &former[i]);
        if (kSignals[i] == SIGHUP && former[i].sa_handler == SIG_IGN) continue;
        struct sigaction action {};
        action.sa_handler = count_wish;
        sigaction(kSignals[i], &action, nullptr);
    }
}

SignalInterruption::~SignalInterruption() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &former[i], nullptr);
    close(wake);
    wake = -1;
}

int SignalInterruption::requests() const {
    return wishes;
}

int SignalInterruption::descriptor() const {
    return wake;
}

void SignalInterruption::drain() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t read_bytes = read(wake, &count, sizeof count);
}

bool SignalInterruption::any() {
    return wishes > 0;
}

}  // namespace tidemark::terminal
