#include "cluster/array_job.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace tidemark::cluster {
namespace {

bool has_any(const std::string& text, const auto& phrases) {
    return std::ranges::any_of(
        phrases, [&](std::string_view phrase) { return text.find(phrase) != std::string::npos; });
}

/// What Slurm 20 to 24 says where its controller was silent: it may have taken the job all the same.
constexpr std::array<std::string_view, 6> kSilence{"timed out",
                                                   "Unable to contact",
                                                   "Connection refused",
                                                   "Zero Bytes were transmitted",
                                                   "Communication connection failure",
                                                   "Transport endpoint"};
/// And where there is no room for the job for now.
constexpr std::array<std::string_view, 4> kLater{"temporarily", "submit limit",
                                                 "Slurm controller not responding", "job array task limit"};

}  // namespace

Submission submission_by(int exit_code, bool took_too_long, const std::string& err) {
    constexpr int kKilled = 128;
    if (exit_code == 0 && !took_too_long) return Submission::Taken;
    if (took_too_long || exit_code > kKilled || has_any(err, kSilence)) return Submission::Unsure;
    return has_any(err, kLater) ? Submission::Later : Submission::Refused;
}

}  // namespace tidemark::cluster
