#include "run/read_again.hpp"

#include <algorithm>
#include <filesystem>

#include <sys/stat.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/regular_file.hpp"
#include "capture/left_file.hpp"
#include "run/metric_files.hpp"
#include "run/run_directory.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;
using protocol::Capture;
using protocol::CaptureSource;

bool is_the_same(const Capture& one, const Capture& other) {
    return protocol::to_json(one) == protocol::to_json(other);
}

/// What the captures that stood there before have taken: it needs no file any more.
std::vector<protocol::Metric> still_known(const KeptRun& kept, const std::vector<Capture>& wanted) {
    std::vector<protocol::Metric> known;
    for (const Capture& capture : wanted) {
        const bool stood_there = std::ranges::any_of(
            kept.request.capture, [&](const Capture& before) { return is_the_same(before, capture); });
        if (!stood_there) continue;
        for (const protocol::Metric& metric : kept.metrics)
            if (metric.name == capture.metric) known.push_back(metric);
    }
    return known;
}

bool is_among(const std::vector<protocol::Metric>& metrics, const std::string& name) {
    return std::ranges::find(metrics, name, &protocol::Metric::name) != metrics.end();
}

bool is_later(const timespec& one, const timespec& other) {
    return one.tv_sec != other.tv_sec ? one.tv_sec > other.tv_sec : one.tv_nsec > other.tv_nsec;
}

/// Looks at what is kept of a run.
class Kept {
  public:
    explicit Kept(const KeptRun& run) : run_(run), directory_(run.directory) {}

    std::string why_not(const std::vector<Capture>& wanted) {
        if (std::string problem = why_not_its_own(); !problem.empty()) return problem;
        if (std::string problem = why_not_events(); !problem.empty()) return problem;
        const std::vector<protocol::Metric> known = still_known(run_, wanted);
        for (const Capture& capture : wanted) {
            if (is_among(known, capture.metric)) continue;
            if (std::string problem = why_not(capture); !problem.empty()) return problem;
        }
        return {};
    }

  private:
    /// The folder must be that of the run, and says when its program had ended.
    std::string why_not_its_own() {
        const std::string name = directory_.measurement().filename();
        struct stat status {};
        std::string problem;
        const auto text = read_regular_file(directory_.measurement(), &problem);
        if (!problem.empty()) return fmt::format("{} cannot be read: {}", name, problem);
        if (!text || stat(directory_.measurement().c_str(), &status) != 0) return name + " is not kept";
        ended_ = status.st_mtim;
        try {
            const protocol::Measurement there = protocol::measurement_from_json_text(*text);
            if (there.started_at == run_.measurement.started_at && there.wall_s == run_.measurement.wall_s)
                return {};
        } catch (const std::exception&) {
            // it is not as it was
        }
        return name + " is another one";
    }

    std::string why_not_events() const {
        std::error_code error;
        const bool is_there = fs::exists(fs::symlink_status(directory_.events(), error));
        const auto is_captured = [&](const protocol::Metric& metric) {
            return std::ranges::find(run_.request.capture, metric.name, &Capture::metric) !=
                   run_.request.capture.end();
        };
        // a program that tells nothing leaves none
        if (!is_there && !run_.has_told && std::ranges::all_of(run_.metrics, is_captured)) return {};
        return why_not(directory_.events(), directory_.path(), ended_);
    }

    std::string why_not(const Capture& capture) const {
        switch (capture.source) {
            case CaptureSource::Stdout:
                return why_not(directory_.stdout_log(), directory_.path(), ended_);
            case CaptureSource::Stderr:
                return why_not(directory_.stderr_log(), directory_.path(), ended_);
            case CaptureSource::Events:
                return {};
            case CaptureSource::Json:
            case CaptureSource::Csv:
                break;
        }
        return why_not_left(capture);
    }

    /// Elsewhere than in the run's own folder the next run may have written it. What is in there may have
    /// been written by the teardown, too.
    std::string why_not_left(const Capture& capture) const {
        const fs::path file = real_place(capture::place_of(capture, run_.request.working_directory));
        const fs::path own = file.lexically_relative(real_place(directory_.run_dir()));
        if (own.empty() || *own.begin() == "..")
            return fmt::format("{} does not lie in its {{run_dir}}, and is not kept", capture.file);
        timespec ended = ended_;
        struct stat teardown {};
        if (stat(RunDirectory(directory_.teardown()).measurement().c_str(), &teardown) == 0 &&
            is_later(teardown.st_mtim, ended))
            ended = teardown.st_mtim;
        return why_not(file, directory_.run_dir(), ended);
    }

    /// `ended`: when nothing of the run could write it any more.
    static std::string why_not(const fs::path& file, const fs::path& folder, const timespec& ended) {
        const RegularFile input(file);
        struct stat status {};
        if (!input.is_open() && input.problem().empty()) return shown(file, folder) + " is not kept";
        if (!input.is_open())
            return fmt::format("{} cannot be read: {}", shown(file, folder), input.problem());
        if (fstat(input.number(), &status) != 0 || is_later(status.st_mtim, ended))
            return shown(file, folder) + " is not as the run left it";
        return {};
    }

    static std::string shown(const fs::path& file, const fs::path& folder) {
        const fs::path inside = file.lexically_relative(real_place(folder));
        return inside.empty() || *inside.begin() == ".." ? file.filename().string() : inside.string();
    }

    const KeptRun& run_;
    RunDirectory directory_;
    timespec ended_{};
};

}  // namespace

bool went_well_but_for_metrics(const KeptRun& kept) {
    return status_of(outcome_but_for_metrics(RunDirectory(kept.directory), kept.request, kept.measurement)) ==
           protocol::Status::Ok;
}

std::string why_not_readable(const KeptRun& kept, const std::vector<Capture>& wanted) {
    return Kept(kept).why_not(wanted);
}

ReadAgain read_again(const KeptRun& kept, const std::vector<Capture>& wanted) {
    const RunDirectory directory(kept.directory);
    protocol::Request request = kept.request;
    request.capture = wanted;
    const std::vector<protocol::Metric> known = still_known(kept, wanted);
    return {read_metrics(directory, kept.request, kept.measurement, known),
            read_metrics(directory, request, kept.measurement, known)};
}

}  // namespace tidemark::run
