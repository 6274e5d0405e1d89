#include "trainer/saving/run_folder.hpp"

#include <cstdlib>
#include <exception>
#include <stdexcept>

#include <fmt/format.h>

#include "base/files.hpp"
#include "protocol/request.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRequestName = "request.json";
constexpr const char* kFilesName = "files";  // of a run's directory: what its program wrote

std::optional<protocol::Request> request_in(const fs::path& file) {
    const auto text = read_file(file);
    if (!text) return std::nullopt;
    try {
        return protocol::request_from_json_text(*text);
    } catch (const std::exception&) {
        return std::nullopt;  // of another version, or not whole: it is no run to go on with
    }
}

bool is_the_same_run(const protocol::Request& one, const protocol::Request& other) {
    return one.sweep == other.sweep && one.key == other.key && one.repeat == other.repeat &&
           one.workload == other.workload;
}

}  // namespace

fs::path own_folder(const Options& options) {
    if (const char* folder = std::getenv(protocol::kRunDirVariable)) return folder;
    if (!options.resume.empty()) return named_checkpoint(options.resume).parent_path();
    return fs::current_path();
}

fs::path named_checkpoint(const std::string& resume) {
    const fs::path named = resume;
    std::error_code ignored;
    if (!fs::is_directory(named, ignored)) return named;
    for (const fs::path& folder : {named, named / kFilesName})
        if (fs::exists(folder / kCheckpointName, ignored)) return folder / kCheckpointName;
    throw std::runtime_error(fmt::format(
        "resume: there is no {} in {}, nor in its {}/; checkpoint_every writes one, and a training that "
        "has ended needs none",
        kCheckpointName, resume, kFilesName));
}

std::optional<fs::path> request_beside(const std::string& resume) {
    const fs::path named = fs::absolute(resume).lexically_normal();
    std::error_code ignored;
    const fs::path folder = fs::is_directory(named, ignored) ? named : named.parent_path();
    for (const fs::path& at : {folder, folder.parent_path()})
        if (fs::exists(at / kRequestName, ignored)) return at / kRequestName;
    return std::nullopt;
}

std::optional<fs::path> earlier_checkpoint() {
    const char* const own_files = std::getenv(protocol::kRunDirVariable);
    const char* const own_file = std::getenv(protocol::kRequestVariable);
    if (own_files == nullptr || own_file == nullptr) return std::nullopt;
    const auto own = request_in(own_file);
    if (!own) return std::nullopt;
    const fs::path own_directory = fs::path(own_file).parent_path();
    std::optional<fs::path> newest;
    fs::file_time_type newest_time;
    std::error_code error;
    for (fs::directory_iterator at(own_directory.parent_path(), error), end; !error && at != end;
         at.increment(error)) {
        const fs::path checkpoint = at->path() / kFilesName / kCheckpointName;
        std::error_code missing;
        const auto time = fs::last_write_time(checkpoint, missing);
        if (missing || (newest && time <= newest_time) || at->path() == own_directory) continue;
        const auto request = request_in(at->path() / kRequestName);
        if (!request || !is_the_same_run(*request, *own)) continue;
        newest = checkpoint;
        newest_time = time;
    }
    return newest;
}

}  // namespace tidemark::trainer
