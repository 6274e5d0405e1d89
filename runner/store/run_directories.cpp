#include "store/run_directories.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <sys/stat.h>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/folder.hpp"
#include "base/regular_file.hpp"
#include "run/record.hpp"
#include "store/invocations.hpp"
#include "store/write_record.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;
using run::RunDirectory;

constexpr const char* kNotKnown = "they came back from their run directories";

bool is_run_directory(const fs::path& folder) {
    std::error_code error;
    return fs::exists(fs::symlink_status(RunDirectory(folder).request(), error));
}

/// In the order of their names, which is that of time.
std::vector<fs::path> run_directories_in(const fs::path& folder) {
    std::vector<fs::path> found;
    const std::error_code error = for_each_entry(folder, [&](const fs::directory_entry& entry) {
        std::error_code gone;
        if (fs::is_directory(entry.symlink_status(gone)) && is_run_directory(entry.path()))
            found.push_back(entry.path());
    });
    if (error)
        throw CannotGoOn(fmt::format("cannot read the folder {}: {}", folder.string(), error.message()));
    std::ranges::sort(found);
    return found;
}

std::vector<fs::path> run_directories(const fs::path& given) {
    const fs::path folder = fs::absolute(given).lexically_normal();
    const fs::path own = folder.filename().empty() ? folder.parent_path() : folder;
    if (is_run_directory(own)) return {own};
    std::error_code error;
    const fs::path runs = fs::is_directory(own / "runs", error) ? own / "runs" : own;
    std::vector<fs::path> found = run_directories_in(runs);
    if (found.empty())
        throw CannotGoOn(fmt::format(
            "{} holds no run directories; name a folder of them, such as results/runs, or one of them",
            given.string()));
    return found;
}

/// A step of a sweep (its setup, a requirement) has a directory, too, and is no run.
bool is_of_no_sweep(const protocol::Request& request) {
    return request.sweep.empty();
}

/// Reads one, and throws std::runtime_error with what is damaged.
class DirectoryReader {
  public:
    explicit DirectoryReader(fs::path path) : directory_(std::move(path)) {
        std::string problem;
        const auto text = read_regular_file(directory_.request(), &problem);
        if (!text) damaged(directory_.request(), problem.empty() ? "it cannot be read" : problem);
        try {
            json_ = parse_json<nlohmann::ordered_json>(*text);
            request_ = protocol::request_from_json(json_);
        } catch (const std::invalid_argument& error) {
            damaged(directory_.request(), error.what());
        }
        const std::string name = directory_.path().filename().string();
        if (!is_of_no_sweep(request_) && request_.run_id != name)
            damaged(directory_.request(),
                    fmt::format("it is of the run {}, and not of {}", request_.run_id, name));
    }

    const protocol::Request& request() const { return request_; }

    bool is_finished() const {
        std::error_code error;
        return fs::exists(fs::symlink_status(directory_.measurement(), error)) ||
               fs::exists(fs::symlink_status(directory_.prevented(), error));
    }

    run::Record record() const {
        require_measurement();
        run::Record record = run::read_record(directory_, request_);
        record.observation = run::Observation{{}, {}, kNotKnown};
        if (record.measurement.started_at.empty()) record.measurement.started_at = written_at();
        return record;
    }

    /// Nothing: an earlier version did not leave it there.
    std::optional<Invocation> invocation() const {
        if (!json_.contains(run::kMadeBy)) return std::nullopt;
        try {
            Invocation invocation = invocation_from_json_text(json_.at(run::kMadeBy).dump());
            if (invocation.invocation_id == request_.invocation) return invocation;
        } catch (const std::invalid_argument& error) {
            damaged(directory_.request(), fmt::format("{}: {}", run::kMadeBy, error.what()));
        }
        damaged(directory_.request(), fmt::format("{}: it is of another invocation", run::kMadeBy));
    }

  private:
    [[noreturn]] static void damaged(const fs::path& file, const std::string& why) {
        throw std::runtime_error(fmt::format("{} is damaged: {}", file.string(), why));
    }

    void require_measurement() const {
        std::string problem;
        const auto text = read_regular_file(directory_.measurement(), &problem);
        if (!text && !problem.empty()) damaged(directory_.measurement(), problem);
        if (!text) return;  // its program was never started
        try {
            if (!unix_time(protocol::measurement_from_json_text(*text).started_at))
                damaged(directory_.measurement(), "started_at is no time");
        } catch (const std::invalid_argument& error) {
            damaged(directory_.measurement(), error.what());
        }
    }

    /// When the request was written, right before the start.
    std::string written_at() const {
        struct stat status {};
        stat(directory_.request().c_str(), &status);
        return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(status.st_mtim.tv_sec),
                           status.st_mtim.tv_nsec / 1'000'000);
    }

    RunDirectory directory_;
    nlohmann::ordered_json json_;
    protocol::Request request_;
};

bool is_stored(sql::Connection& connection, const std::string& run_id) {
    const auto row = connection.reuse("SELECT 1 FROM runs WHERE run_id = ?");
    row->bind_all(std::string_view(run_id));
    return row->step();
}

void store(sql::Connection& connection, const DirectoryReader& reader, FoundRuns& found) {
    const run::Record record = reader.record();
    if (const auto invocation = reader.invocation())
        insert_invocation(connection, *invocation, record.measurement.started_at);
    write_record(connection, record);
    ++found.stored;
}

void take(sql::Connection& connection, const fs::path& directory, FoundRuns& found) {
    try {
        const DirectoryReader reader(directory);
        if (is_of_no_sweep(reader.request()) || is_stored(connection, reader.request().run_id)) return;
        if (reader.is_finished())
            store(connection, reader, found);
        else
            ++found.unfinished;
    } catch (const sql::SqlError&) {
        throw;
    } catch (const std::runtime_error& problem) {
        found.problems.emplace_back(problem.what());
    }
}

}  // namespace

FoundRuns store_run_directories(Database& database, const std::filesystem::path& folder,
                                const std::function<bool()>& proceed) {
    FoundRuns found;
    try {
        sql::Transaction transaction(database.connection());
        for (const fs::path& directory : run_directories(folder)) {
            if (!proceed()) break;
            take(database.connection(), directory, found);
        }
        transaction.commit();
    } catch (const sql::SqlError& error) {
        cannot_go_on(database.file(), error);
    }
    return found;
}

}  // namespace tidemark::store
