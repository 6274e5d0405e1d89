#include <array>
#include <cstdio>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/units.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "run/cpu_slots.hpp"
#include "run/local_launcher.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

constexpr std::int64_t kMemoryForTraining = 2 * kGibibyte;  // the document's check list
/// The reference BLAS reaches about 1.5 GFLOP/s a core, an optimised one 50 and more.
constexpr double kSlowBlas = 5;  // GFLOP/s for each thread

struct DoctorOptions {
    std::string data;
    OutputOptions output;
};

enum class Verdict { Good, Note, Bad };

const char* to_text(Verdict verdict) {
    switch (verdict) {
        case Verdict::Good:
            return "ok";
        case Verdict::Note:
            return "note";
        case Verdict::Bad:
            return "failed";
    }
    return "";
}

/// `MemAvailable:   123 kB` of /proc/meminfo.
std::optional<Bytes> meminfo(const std::string& name) {
    std::istringstream lines(read_file("/proc/meminfo").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + ":"))
            return Bytes{std::atoll(line.c_str() + name.size() + 1) * kKibibyte};
    }
    return std::nullopt;
}

std::string output_of(const std::string& program, const char* option) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
        popen(fmt::format("'{}' {} 2>/dev/null", program, option).c_str(), "re"), pclose);
    std::string text;
    std::array<char, 4096> buffer{};
    while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) text += buffer.data();
    return text;
}

/// The first two words of what a library says of itself, which goes on with how it was built.
std::string name_and_version(const std::string& text) {
    return text.substr(0, text.find(' ', text.find(' ') + 1));
}

class Examination {
  public:
    Examination(const Installation& installation, const DoctorOptions& options)
        : installation_(installation), options_(options) {
        table_.columns = {{"check", "check", Unit::None, false},
                          {"verdict", "", Unit::None, false},
                          {"found", "found", Unit::None, false},
                          {"advice", "what to do", Unit::None, false}};
    }

    void examine() {
        examine_measurement();
        examine_memory();
        examine_swap();
        examine_load();
        examine_workloads();
        if (!options_.data.empty()) examine_data();
    }

    const report::Table& table() const { return table_; }
    bool is_healthy() const { return healthy_; }

  private:
    void add(const std::string& check, Verdict verdict, const std::string& found,
             const std::string& advice = {}) {
        table_.rows.push_back(
            {Cell{check, {}}, Cell{std::string(to_text(verdict)), {}}, Cell{found, {}}, Cell{advice, {}}});
        if (verdict == Verdict::Bad) healthy_ = false;
    }

    void examine_measurement() {
        const run::Abilities found = run::abilities(installation_.warden);
        const std::string delegated =
            "run as root, or in a delegated cgroup: systemd-run --user --scope -p Delegate=yes tidemark run "
            "…";
        if (found.memory_limit.available) {
            add("peak of process trees", Verdict::Good, "exact, by " + found.memory_limit.explanation);
        } else if (found.exit_stops.available) {
            add("peak of process trees", Verdict::Note,
                "between proven bounds, by exit stops (ptrace); no cgroup: " + found.memory_limit.explanation,
                delegated);
        } else {
            add("peak of process trees", Verdict::Note,
                fmt::format("a lower bound, by samples; no cgroup: {}; no exit stops: {}",
                            found.memory_limit.explanation, found.exit_stops.explanation),
                delegated);
        }
        const auto limit = [&](const char* check, const run::Ability& ability, const std::string& advice) {
            add(check, ability.available ? Verdict::Good : Verdict::Note,
                ability.available ? "enforced by " + ability.explanation
                                  : "cannot be enforced: " + ability.explanation,
                ability.available ? "" : advice);
        };
        limit("memory limits", found.memory_limit, delegated);
        limit("swap limits", found.swap_limit,
              found.memory_limit.available ? "start the kernel with swapaccount=1" : delegated);
        limit("process limits", found.pids_limit, delegated);
        const bool has_pressure = std::filesystem::exists("/proc/pressure/memory");
        add("memory pressure", has_pressure ? Verdict::Good : Verdict::Note,
            has_pressure ? "told by the kernel (PSI)" : "the kernel does not tell (no /proc/pressure)",
            has_pressure ? "" : "start the kernel with psi=1");
    }

    void examine_memory() {
        const auto available = meminfo("MemAvailable");
        if (!available) {
            add("free memory", Verdict::Bad, "/proc/meminfo cannot be read", "mount /proc");
            return;
        }
        const bool enough = available->value >= kMemoryForTraining;
        add("free memory", enough ? Verdict::Good : Verdict::Bad, tidemark::to_text(*available),
            enough ? ""
                   : fmt::format("end other programs until {} are free",
                                 tidemark::to_text(Bytes{kMemoryForTraining})));
    }

    void examine_swap() {
        const auto total = meminfo("SwapTotal");
        const auto unused = meminfo("SwapFree");
        if (!total || !unused || total->value == 0) {
            add("swap", Verdict::Good, "none: a run that needs too much is ended, not slowed down");
            return;
        }
        const Bytes used{total->value - unused->value};
        const bool in_use = used.value > total->value / 100;
        add("swap", in_use ? Verdict::Note : Verdict::Good,
            fmt::format("{} of {} in use", tidemark::to_text(used), tidemark::to_text(*total)),
            in_use ? "times are those of a machine that swaps; free memory, then swapoff -a && swapon -a"
                   : "");
    }

    void examine_load() {
        double load = 0;
        std::istringstream(read_file("/proc/loadavg").value_or("")) >> load;
        const auto cpus = run::usable_cpus().size();
        const bool busy = load > 0.5 * static_cast<double>(cpus);
        add("other load", busy ? Verdict::Note : Verdict::Good,
            fmt::format("{:.1f} on {} CPU{}", load, cpus, cpus == 1 ? "" : "s"),
            busy ? "times will scatter; memory will not" : "");
    }

    void examine_workloads() {
        const sweep::WorkloadCatalogue catalogue(installation_.workloads);
        const auto* train = catalogue.find("train");
        if (train == nullptr) {
            add("workload train", Verdict::Note, "not part of this build",
                "build it without -DTIDEMARK_TRAINER=OFF");
            return;
        }
        const auto found = nlohmann::json::parse(output_of(train->program, "--self-test"), nullptr, false);
        if (!found.is_object()) {
            add("workload train", Verdict::Bad, train->program + " does not run", "build it again");
            return;
        }
        add("LibTorch", Verdict::Good, found.value("libtorch", "?"));
        const double gflops = found.value("gflops", 0.0);
        const auto threads = found.value("threads", std::int64_t{1});
        const bool slow = gflops < kSlowBlas * static_cast<double>(threads);
        add("BLAS", slow ? Verdict::Bad : Verdict::Good,
            fmt::format("{:.0f} GFLOP/s with {} threads: {}", gflops, threads,
                        name_and_version(found.value("blas", "?"))),
            slow ? "install OpenBLAS: apt-get install libopenblas0-pthread" : "");
    }

    void examine_data() {
        const std::filesystem::path folder = std::filesystem::path(options_.data) / "cifar-10-batches-bin";
        std::error_code error;
        const bool there = std::filesystem::is_directory(folder, error);
        add("CIFAR-10", there ? Verdict::Good : Verdict::Bad,
            there ? folder.string() : "there is no " + folder.string(),
            there ? "" : "unpack the binary version of https://www.cs.toronto.edu/~kriz/cifar.html there");
    }

    const Installation& installation_;
    const DoctorOptions& options_;
    report::Table table_;
    bool healthy_ = true;
};

}  // namespace

Action add_doctor_verb(Options& declared) {
    auto options = std::make_shared<DoctorOptions>();
    declared.text("--data", options->data, "also look for CIFAR-10 in this folder");
    options->output.add_to(declared);
    return [options](const Context& context) {
        Examination examination(context.installation, *options);
        examination.examine();
        write_table(options->output, examination.table());
        return examination.is_healthy() ? ExitCode::Success : ExitCode::Failure;
    };
}

}  // namespace tidemark::cli
