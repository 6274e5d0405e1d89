#include <array>
#include <cstdio>
#include <memory>
#include <sstream>

#include <sys/statvfs.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "base/units.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "protocol/self_test.hpp"
#include "run/cpu_slots.hpp"
#include "run/disturbances.hpp"
#include "run/free_memory.hpp"
#include "run/local_launcher.hpp"
#include "run/machine.hpp"
#include "sweep/inherited_variables.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::cli {
namespace {

using protocol::Health;
using protocol::Unit;
using report::Cell;

constexpr std::int64_t kMemoryForTraining = 2 * kGibibyte;     // the document's check list
constexpr std::int64_t kLittleSharedMemory = 128 * kMebibyte;  // Docker gives 64 MiB by default

struct DoctorOptions {
    std::string data;
    OutputOptions output;
};

report::Cell verdict_cell(Health health) {
    switch (health) {
        case Health::Good:
            return {std::string("ok"), {}, {}, {}, report::Tone::Good};
        case Health::Bad:
            return {std::string("failed"), {}, {}, {}, report::Tone::Bad};
        case Health::Note:
            break;
    }
    return {std::string("note"), {}};
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

class Examination {
  public:
    Examination(const terminal::Installation& installation, const DoctorOptions& options)
        : installation_(installation), options_(options) {
        table_.columns = {{"check", "check", Unit::None, false},
                          {"verdict", "", Unit::None, false},
                          {"found", "found", Unit::None, false},
                          {"advice", "what to do", Unit::None, false}};
    }

    void examine() {
        examine_measurement();
        examine_memory();
        examine_shared_memory();
        examine_swap();
        examine_load();
        examine_speed();
        examine_variables();
        examine_workloads();
        if (!options_.data.empty()) examine_data();
    }

    const report::Table& table() const { return table_; }
    bool is_healthy() const { return healthy_; }

  private:
    void add(const std::string& check, Health health, const std::string& found,
             const std::string& advice = {}) {
        table_.rows.push_back({Cell{check, {}}, verdict_cell(health), Cell{found, {}}, Cell{advice, {}}});
        if (health == Health::Bad) healthy_ = false;
    }

    void examine_measurement() {
        const run::Abilities found = run::abilities(installation_.warden);
        const std::string delegated =
            "run as root, or in a delegated cgroup: systemd-run --user --scope -p Delegate=yes tidemark run "
            "…";
        if (found.memory_limit.available) {
            add("peak of process trees", Health::Good,
                "between close bounds, by " + found.memory_limit.explanation);
        } else if (found.exit_stops.available) {
            add("peak of process trees", Health::Note,
                "between proven bounds, by exit stops (ptrace); no cgroup: " + found.memory_limit.explanation,
                delegated);
        } else {
            add("peak of process trees", Health::Note,
                fmt::format("a lower bound, by samples; no cgroup: {}; no exit stops: {}",
                            found.memory_limit.explanation, found.exit_stops.explanation),
                delegated);
        }
        const auto limit = [&](const char* check, const run::Ability& ability, const std::string& advice) {
            add(check, ability.available ? Health::Good : Health::Note,
                ability.available ? "enforced by " + ability.explanation
                                  : "cannot be enforced: " + ability.explanation,
                ability.available ? "" : advice);
        };
        limit("memory limits", found.memory_limit, delegated);
        limit("swap limits", found.swap_limit,
              found.memory_limit.available ? "start the kernel with swapaccount=1" : delegated);
        limit("process limits", found.pids_limit, delegated);
        const bool has_pressure = std::filesystem::exists("/proc/pressure/memory");
        add("memory pressure", has_pressure ? Health::Good : Health::Note,
            has_pressure ? "reported by the kernel (PSI)" : "not reported by the kernel (no /proc/pressure)",
            has_pressure ? "" : "start the kernel with psi=1");
    }

    void examine_memory() {
        const auto free = run::free_memory();
        if (!free) {
            add("free memory", Health::Bad, "/proc/meminfo cannot be read", "mount /proc");
            return;
        }
        const bool enough = free->amount.value >= kMemoryForTraining;
        const std::string needed = tidemark::to_text(Bytes{kMemoryForTraining});
        const std::string advice =
            free->enclosing_limit
                ? fmt::format("raise that limit (of the container or service) until {} are free", needed)
                : fmt::format("end other programs until {} are free", needed);
        add("free memory", enough ? Health::Good : Health::Bad,
            free->enclosing_limit
                ? fmt::format("{}, below the limit of the enclosing cgroup, {}",
                              tidemark::to_text(free->amount), tidemark::to_text(*free->enclosing_limit))
                : tidemark::to_text(free->amount),
            enough ? "" : advice);
    }

    /// Programs that share memory between processes, as data loaders do, need it, and containers have little.
    void examine_shared_memory() {
        struct statvfs room {};
        if (statvfs("/dev/shm", &room) != 0) {
            add("shared memory", Health::Note, "there is no /dev/shm", "mount a tmpfs there");
            return;
        }
        const auto bytes = [&](auto blocks) {
            return Bytes{static_cast<std::int64_t>(blocks) * static_cast<std::int64_t>(room.f_frsize)};
        };
        const bool little = bytes(room.f_blocks).value < kLittleSharedMemory;
        add("shared memory", little ? Health::Note : Health::Good,
            fmt::format("/dev/shm has {}, {} of it free", tidemark::to_text(bytes(room.f_blocks)),
                        tidemark::to_text(bytes(room.f_bavail))),
            little ? "programs that share memory may fail; containers: --shm-size" : "");
    }

    void examine_swap() {
        const auto total = meminfo("SwapTotal");
        const auto unused = meminfo("SwapFree");
        if (!total || !unused || total->value == 0) {
            add("swap", Health::Good, "none: a run that needs too much is ended, not slowed down");
            return;
        }
        const Bytes used{total->value - unused->value};
        const bool in_use = used.value > total->value / 100;
        add("swap", in_use ? Health::Note : Health::Good,
            fmt::format("{} of {} in use", tidemark::to_text(used), tidemark::to_text(*total)),
            in_use ? "times are those of a machine that swaps; free memory, then swapoff -a && swapon -a"
                   : "");
    }

    void examine_load() {
        double load = 0;
        std::istringstream(read_file("/proc/loadavg").value_or("")) >> load;
        const auto cpus = run::usable_cpus().size();
        const bool busy = load > 0.5 * static_cast<double>(cpus);
        add("other load", busy ? Health::Note : Health::Good,
            fmt::format("{:.1f} on {} CPU{}", load, cpus, cpus == 1 ? "" : "s"),
            busy ? "times will scatter; peaks of several processes or threads may do so, too" : "");
    }

    /// What each run's own record knows of the time in which it is made.
    void examine_speed() {
        const auto spread = run::speed_spread_now();
        if (!spread) return;
        const bool much = *spread > run::kMuchSpread;
        add("speed of the CPUs", much ? Health::Note : Health::Good,
            fmt::format("spread by {:.0f} % within half a second", *spread * 100),
            much ? "times will scatter; peaks of several processes or threads may do so, too" : "");
    }

    /// Of the caller's environment, which runs inherit: they are part of what is measured.
    void examine_variables() {
        const auto known = sweep::InheritedVariables().known();
        std::string names;
        for (const auto& [name, value] : known) names += (names.empty() ? "" : ", ") + name;
        add("inherited variables", Health::Good,
            known.empty() ? "none that changes what programs do"
                          : names + ": part of what runs are; inherit: none keeps them out");
    }

    /// What each workload of this build finds by itself.
    void examine_workloads() {
        const sweep::WorkloadCatalogue catalogue(installation_.workloads);
        add("workloads", Health::Good,
            catalogue.names().empty() ? "none" : fmt::format("{}", fmt::join(catalogue.names(), ", ")));
        for (const std::string_view name : catalogue.names()) {
            const protocol::WorkloadDescription& workload = *catalogue.find(name);
            if (!workload.self_test) continue;
            const auto findings =
                protocol::findings_from_json_text(output_of(workload.program, "--self-test"));
            if (!findings) {
                add(fmt::format("workload {}", name), Health::Bad, workload.program + " does not run",
                    "build it again");
                continue;
            }
            for (const protocol::HealthFinding& finding : *findings)
                add(finding.check, finding.health, finding.found, finding.advice);
        }
    }

    void examine_data() {
        const std::filesystem::path folder = std::filesystem::path(options_.data) / "cifar-10-batches-bin";
        std::error_code error;
        const bool there = std::filesystem::is_directory(folder, error);
        add("CIFAR-10", there ? Health::Good : Health::Bad,
            there ? folder.string() : "there is no " + folder.string(),
            there ? "" : "unpack the binary version of https://www.cs.toronto.edu/~kriz/cifar.html there");
    }

    const terminal::Installation& installation_;
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
