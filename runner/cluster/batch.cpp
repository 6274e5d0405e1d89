#include "cluster/batch.hpp"

#include <cerrno>
#include <chrono>

#include <sys/stat.h>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/folder.hpp"
#include "base/identifier.hpp"
#include "base/regular_file.hpp"
#include "run/run_directory.hpp"

namespace tidemark::cluster {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode = 0777;
constexpr const char* kSignalled = "signalled\n";

std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    for_each_entry(folder,
                   [&](const fs::directory_entry& entry) { names.insert(entry.path().filename().string()); });
    return names;
}

nlohmann::ordered_json to_json(const BatchPlan& plan) {
    nlohmann::ordered_json tasks = nlohmann::ordered_json::array();
    for (const auto& task : plan.tasks) {
        nlohmann::ordered_json runs = nlohmann::ordered_json::array();
        for (const BatchRun& run : task)
            runs.push_back(
                {{"directory", run.directory.string()}, {"program", run.program}, {"digest", run.digest}});
        tasks.push_back(std::move(runs));
    }
    return {{"memory_method", plan.memory_method}, {"at_once", plan.at_once}, {"tasks", std::move(tasks)}};
}

BatchPlan plan_from_json(const nlohmann::json& json) {
    BatchPlan plan;
    plan.memory_method = json.at("memory_method").get<std::string>();
    plan.at_once = json.at("at_once").get<int>();
    for (const auto& task : json.at("tasks")) {
        std::vector<BatchRun>& runs = plan.tasks.emplace_back();
        for (const auto& run : task)
            runs.push_back({run.at("directory").get<std::string>(), run.at("program").get<std::string>(),
                            run.at("digest").get<std::string>()});
    }
    return plan;
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw CannotGoOn(fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
}

}  // namespace

Batch Batch::create(const fs::path& parent, const BatchPlan& plan) {
    Batch batch(parent / ("tidemark-" + new_identifier()));
    make_folder(batch.folder_ / "begun");
    make_folder(batch.folder_ / "ended");
    write_file(batch.folder_ / "plan.json",
               to_json(plan).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    batch.note_runner();
    for (const auto& task : plan.tasks) {
        for (const BatchRun& run : task)
            write_regular_file(run::RunDirectory(run.directory).batch(), batch.folder_.string() + "\n");
    }
    return batch;
}

std::optional<Batch> Batch::of_run(const fs::path& run_directory) {
    auto text = read_regular_file(run::RunDirectory(run_directory).batch());
    if (!text || !text->ends_with('\n')) return std::nullopt;
    text->pop_back();
    std::error_code error;
    if (!fs::is_directory(*text, error)) return std::nullopt;
    return Batch(*text);
}

fs::path Batch::log_of_task(std::size_t task) const {
    return folder_ / fmt::format("job-{}.log", task);
}

BatchPlan Batch::plan() const {
    const fs::path file = folder_ / "plan.json";
    const auto text = read_file(file);
    if (!text) throw CannotGoOn(fmt::format("cannot read {}: {}", file.string(), errno_text(errno)));
    try {
        return plan_from_json(parse_json(*text));
    } catch (const std::exception& error) {
        throw CannotGoOn(fmt::format("{} is damaged: {}", file.string(), error.what()));
    }
}

void Batch::note_submitted(const std::string& job) const {
    write_file(folder_ / "submitted", job + "\n");
}

std::optional<std::string> Batch::submitted() const {
    auto text = read_file(folder_ / "submitted");
    if (text && text->ends_with('\n')) text->pop_back();
    return text;
}

Batch::Beginning Batch::begin(const std::string& run_id, std::string* problem) const {
    // https://pubs.opengroup.org/onlinepubs/9699919799/functions/mkdir.html: one of several succeeds
    if (mkdir(begun_place(run_id).c_str(), kFolderMode) == 0) return Beginning::Ours;
    const int error = errno;
    if (error == EEXIST) return Beginning::OfAnother;
    if (problem != nullptr)
        *problem = fmt::format("cannot make {}: {}", begun_place(run_id).string(), errno_text(error));
    return Beginning::Impossible;
}

void Batch::note_ended(const std::string& run_id, bool signalled) const {
    write_file(folder_ / "ended" / run_id, signalled ? kSignalled : "");
}

bool Batch::was_signalled(const std::string& run_id) const {
    return read_file(folder_ / "ended" / run_id).value_or("") == kSignalled;
}

bool Batch::has_begun(const std::string& run_id) const {
    std::error_code error;
    return fs::exists(begun_place(run_id), error);
}

bool Batch::has_ended(const std::string& run_id) const {
    std::error_code error;
    return fs::exists(folder_ / "ended" / run_id, error);
}

std::set<std::string> Batch::begun() const {
    return names_in(folder_ / "begun");
}

std::set<std::string> Batch::ended() const {
    return names_in(folder_ / "ended");
}

void Batch::note_life(const std::string& run_id, int count) const {
    try {
        write_file(begun_place(run_id) / "life", fmt::format("{}\n", count));
    } catch (const Error&) {
        // a full disk ends no run
    }
}

std::string Batch::life(const std::string& run_id) const {
    return read_file(begun_place(run_id) / "life").value_or("");
}

void Batch::note_runner() const {
    try {
        write_file(folder_ / "runner", "");
    } catch (const Error&) {
        // it only tells others that we live
    }
}

void Batch::forget_runner() const {
    std::error_code ignored;
    fs::remove(folder_ / "runner", ignored);
}

std::optional<Seconds> Batch::silence_of_runner() const {
    std::error_code error;
    const auto written = fs::last_write_time(folder_ / "runner", error);
    if (error) return std::nullopt;
    return Seconds{std::chrono::duration<double>(fs::file_time_type::clock::now() - written).count()};
}

bool Batch::is_over() const {
    std::size_t runs = 0;
    try {
        for (const auto& task : plan().tasks) runs += task.size();
    } catch (const Error&) {
        return false;  // what it was is not known any more
    }
    return ended().size() >= runs;
}

void Batch::remove() const {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

}  // namespace tidemark::cluster
