// What Slurm is told of the jobs that runs are made in.
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capture/pattern.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

/// Options of sbatch that tidemark gives itself, and by which it finds its jobs again.
constexpr std::array<std::string_view, 26> kOwnOptions{
    "-a",        "--array",      "-J",         "--job-name",  "-D",     "--chdir",  "-o",
    "--output",  "-e",           "--error",    "--export",    "--wrap", "--wait",   "-W",
    "--requeue", "--no-requeue", "--parsable", "--test-only", "-n",     "--ntasks", "-N",
    "--nodes",   "-Q",           "--quiet",    "--hold",      "-H"};

void read_word(const Node& section, const char* name, std::string& out, Problems& problems) {
    const Node* node = section.find(name);
    if (node == nullptr) return;
    const std::string key = fmt::format("slurm.{}", name);
    const auto text = read_text(*node, key, problems);
    if (!text) return;
    if (text->empty() || text->find_first_of(" \t\n") != std::string::npos || text->starts_with('-'))
        return problems.add(node->position, key,
                            fmt::format("must be one word as sbatch's --{} takes it, not '{}'", name, *text));
    out = *text;
}

void read_gpus(const Node& section, std::string& out, Problems& problems) {
    const Node* node = section.find("gpus");
    if (node == nullptr) return;
    static const capture::Pattern kForm("^([A-Za-z0-9_.-]+:)?[1-9][0-9]{0,3}$");
    const auto text = read_text(*node, "slurm.gpus", problems);
    if (!text) return;
    if (!kForm.in(*text))
        return problems.add(node->position, "slurm.gpus",
                            fmt::format("must be how many a run gets, such as 1 or a100:2, not '{}'", *text));
    out = *text;
}

/// `--mem=4G` names `--mem`, and `-a3` names `-a`.
std::string_view name_of(std::string_view option) {
    if (option.starts_with("--")) return option.substr(0, option.find('='));
    return option.substr(0, 2);
}

void read_options(const Node& section, std::vector<std::string>& out, Problems& problems) {
    const Node* node = section.find("options");
    if (node == nullptr) return;
    for (const Node& item : node->items) {
        const auto text = read_text(item, "slurm.options", problems);
        if (!text) continue;
        if (!text->starts_with('-') || *text == "-" || *text == "--")
            problems.add(
                item.position, "slurm.options",
                fmt::format("must be options of sbatch, each one word such as --nice=100, not '{}'", *text));
        else if (std::ranges::find(kOwnOptions, name_of(*text)) != kOwnOptions.end())
            problems.add(item.position, "slurm.options",
                         fmt::format("may not have {}: tidemark gives it itself, to find its jobs again",
                                     name_of(*text)));
        else
            out.push_back(*text);
    }
}

void read_runs_per_job(const Node& section, int& out, Problems& problems) {
    const Node* node = section.find("runs_per_job");
    if (node == nullptr) return;
    const Value value = scalar_value(*node);
    const auto* number = std::get_if<std::int64_t>(&value);
    if (node->kind == Node::Kind::Scalar && number != nullptr && *number >= 1 && *number <= kMostRunsPerJob)
        out = static_cast<int>(*number);
    else
        problems.add(node->position, "slurm.runs_per_job",
                     fmt::format("must be how many runs one job makes, from 1 to {}", kMostRunsPerJob));
}

}  // namespace

SlurmOptions read_slurm(const Node& node, Problems& problems) {
    SlurmOptions options;
    if (!check_members(node, "slurm", slurm_keys(), problems)) return options;
    read_word(node, "partition", options.partition, problems);
    read_word(node, "account", options.account, problems);
    read_word(node, "qos", options.qos, problems);
    read_word(node, "constraint", options.constraint, problems);
    read_gpus(node, options.gpus, problems);
    read_options(node, options.options, problems);
    read_runs_per_job(node, options.runs_per_job, problems);
    return options;
}

}  // namespace tidemark::sweep
