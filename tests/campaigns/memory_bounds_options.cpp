#include "memory_bounds_options.hpp"

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace tidemark::test {
namespace {

constexpr const char* kUsage =
    "memory_bounds [OPTION]…: random trees of processes, whose page frames are counted, against the bounds "
    "that the\n"
    "warden gives for their peak. Needs root. Ends with 1 where a bound that is called proven is wrong.\n"
    "  --programs N       how many (2000)\n"
    "  --first-seed S     the first of them (1)\n"
    "  --methods A,B      of cgroup, exit-stop, sampled, wait4, auto (all)\n"
    "  --steps N          of each program (what its seed says, 10 to 35)\n"
    "  --truths N         how often each is counted (2); what differs is allowed for\n"
    "  --map-once         no process maps a file or a segment twice at a time, whose pages the kernel counts "
    "twice\n"
    "  --user             the runs are those of a user without rights (65534)\n"
    "  --busy             with busy loops on all CPUs beside them\n"
    "  --keep-going       beyond the first bound that is proven and wrong\n"
    "  --tell-samples     tell of wrong bounds that rest on samples, too\n"
    "  --no-shrink        do not look for the smallest script that fails\n";

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    std::istringstream text(list);
    for (std::string part; std::getline(text, part, ',');) parts.push_back(part);
    return parts;
}

}  // namespace

std::optional<CampaignOptions> read_options(int count, char** words) {
    CampaignOptions options;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const std::string value = i + 1 < count ? words[i + 1] : "";
        const bool takes_value = word == "--programs" || word == "--first-seed" || word == "--methods" ||
                                 word == "--steps" || word == "--truths";
        if (word == "--user")
            options.as_user = true;
        else if (word == "--busy")
            options.busy = true;
        else if (word == "--map-once")
            options.maps_once = true;
        else if (word == "--keep-going")
            options.keep_going = true;
        else if (word == "--tell-samples")
            options.tells_samples = true;
        else if (word == "--no-shrink")
            options.shrinks = false;
        else if (!takes_value || value.empty()) {
            std::fputs(kUsage, stderr);
            return std::nullopt;
        }
        if (!takes_value) continue;
        ++i;
        if (word == "--programs") options.programs = std::atoi(value.c_str());
        if (word == "--first-seed") options.first_seed = std::strtoull(value.c_str(), nullptr, 10);
        if (word == "--methods") options.methods = split(value);
        if (word == "--steps") options.steps = std::atoi(value.c_str());
        if (word == "--truths") options.truths = std::atoi(value.c_str());
    }
    return options;
}

}  // namespace tidemark::test
