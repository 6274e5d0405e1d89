// Thousands of random trees of processes, by each method: does the truth, counted by page frames, lie within
// the bounds?
//   build/…/tests/campaigns/memory_bounds --help
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "memory_bounds_options.hpp"
#include "shrink.hpp"
#include "support/page_frames.hpp"
#include "support/places.hpp"
#include "tally.hpp"

namespace tidemark::test {
namespace {

constexpr unsigned kNobody = 65534;
constexpr int kTrials = 80;     // of shrinking
constexpr int kTries = 3;       // of each of them: what fails may need its luck
constexpr int kMostShrunk = 3;  // of each method, when going on

volatile std::sig_atomic_t interrupted = 0;

void interrupt(int) {
    interrupted = 1;
}

/// Two for each CPU, until they are destroyed.
class BusyLoops {
  public:
    explicit BusyLoops(bool wanted) {
        const long count = wanted ? 2 * sysconf(_SC_NPROCESSORS_ONLN) : 0;
        for (long i = 0; i < count; ++i) {
            const pid_t pid = fork();
            if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                for (;;) {
                }
            }
            loops_.push_back(pid);
        }
    }
    BusyLoops(const BusyLoops&) = delete;
    BusyLoops& operator=(const BusyLoops&) = delete;
    ~BusyLoops() {
        for (const pid_t pid : loops_) {
            kill(pid, SIGKILL);
            waitpid(pid, nullptr, 0);
        }
    }

  private:
    std::vector<pid_t> loops_;
};

double in_mebibytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / (1 << 20);
}

std::string text_of(const std::optional<std::int64_t>& bytes) {
    return bytes ? fmt::format("{:.3f}", in_mebibytes(*bytes)) : "none";
}

class Campaign {
  public:
    explicit Campaign(const CampaignOptions& options) : options_(options) {
        if (options.as_user) RandomPrograms::become_user(kNobody);
        for (const std::string& method : options.methods) {
            const std::string why = why_not(method);
            if (why.empty())
                methods_.push_back(method);
            else
                fmt::print(stderr, "{} is left out: {}\n", method, why);
        }
    }

    bool make() {
        for (int i = 0; i < options_.programs && interrupted == 0; ++i) {
            const RandomProgram program{
                options_.first_seed + static_cast<std::uint64_t>(i), options_.steps, {}, options_.maps_once};
            if (!look_at(program) && !options_.keep_going) break;
            fmt::print(stderr, "\r{} of {} programs, {} proven bounds wrong ", i + 1, options_.programs,
                       wrong_and_proven());
        }
        fmt::print(stderr, "\n");
        fmt::print("{}counted {} times each; {} programs whose counts differ, by {} KiB at most\n",
                   table_of(tallies_), options_.truths, scattered_, widest_scatter_ / 1024);
        return wrong_and_proven() == 0;
    }

  private:
    int wrong_and_proven() const {
        int sum = 0;
        for (const auto& [method, tally] : tallies_) sum += tally.wrong_and_proven();
        return sum;
    }

    /// False: a proven bound is wrong.
    bool look_at(const RandomProgram& program) {
        const Truth truth = programs_.truth(program, options_.truths);
        scattered_ += truth.least == truth.most ? 0 : 1;
        widest_scatter_ = std::max(widest_scatter_, truth.most - truth.least);
        bool all_right = true;
        for (const std::string& method : methods_) {
            const Said said = programs_.measure(program, method);
            tallies_[method].add(said, truth);
            if (said.status != "ok") fmt::print("\n{} by {} is {}\n", program.text(), method, said.status);
            if (!said.is_wrong(truth)) continue;
            if (!said.is_proven) {
                if (options_.tells_samples) print(program, method, said, truth);
                continue;
            }
            all_right = false;
            tell(program, method, said, truth);
        }
        return all_right;
    }

    void tell(const RandomProgram& program, const std::string& method, const Said& said, const Truth& truth) {
        print(program, method, said, truth);
        if (!options_.shrinks || ++shrunk_[method] > kMostShrunk) return;
        const bool low_is_wrong = said.is_low_wrong(truth);
        Said last = said;
        Truth last_truth = truth;
        const auto fails = [&](const RandomProgram& trial) {
            const Truth trial_truth = programs_.truth(trial, options_.truths);
            for (int i = 0; i < kTries && interrupted == 0; ++i) {
                const Said trial_said = programs_.measure(trial, method);
                const bool fails_alike =
                    trial_said.is_proven && (low_is_wrong ? trial_said.is_low_wrong(trial_truth)
                                                          : trial_said.is_high_wrong(trial_truth));
                if (!fails_alike) continue;
                last = trial_said;
                last_truth = trial_truth;
                return true;
            }
            return false;
        };
        const RandomProgram smallest = shrunk(program, truth.steps, fails, kTrials);
        fmt::print("  and what is left of it:\n  ");
        print(smallest, method, last, last_truth);
        std::vector<std::string> words = smallest.options();
        words.emplace_back("--print");
        words.insert(words.begin(), test::binary_dir() + "/tests/programs/random-program");
        fmt::print("{}", Workspace().run(words).out);
        std::fflush(stdout);
    }

    static void print(const RandomProgram& program, const std::string& method, const Said& said,
                      const Truth& truth) {
        fmt::print("\n{} by {} ({}): truth {:.3f} MiB, bounds {} to {}, {} too {} by {} KiB\n",
                   program.text(), method, said.method, in_mebibytes(truth.most), text_of(said.low),
                   text_of(said.high), said.is_low_wrong(truth) ? "low" : "high",
                   said.is_low_wrong(truth) ? "high" : "low",
                   (said.is_low_wrong(truth) ? *said.low - truth.most : truth.least - *said.high) / 1024);
        std::fflush(stdout);
    }

    const CampaignOptions& options_;
    RandomPrograms programs_;
    std::vector<std::string> methods_;
    std::map<std::string, MethodTally> tallies_;
    std::map<std::string, int> shrunk_;
    int scattered_ = 0;
    std::int64_t widest_scatter_ = 0;
};

int make_campaign(int count, char** words) {
    const auto options = read_options(count, words);
    if (!options) return 2;
    if (const std::string why = why_no_page_frames(); !why.empty()) {
        fmt::print(stderr, "memory_bounds: {}\n", why);
        return 77;
    }
    for (const int number : {SIGINT, SIGTERM}) std::signal(number, interrupt);
    const BusyLoops loops(options->busy);
    return Campaign(*options).make() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace tidemark::test

int main(int argc, char** argv) {
    try {
        return tidemark::test::make_campaign(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "\nmemory_bounds: {}\n", error.what());
        return 3;
    }
}
