#include "data/fetch.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "data/data_folder.hpp"
#include "data/sha256.hpp"
#include "data/unpack.hpp"

namespace tidemark::data {
namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw CannotGoOn(fmt::format("cannot make {}: {}", folder.string(), error.message()));
}

/// The folder for what is on its way, held by one process at a time.
class Staging {
  public:
    explicit Staging(fs::path folder) : folder_(std::move(folder)) {
        make_folder(folder_);
        descriptor_ = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor_ < 0)
            throw CannotGoOn(fmt::format("cannot read {}: {}", folder_.string(), errno_text(errno)));
        if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            close(descriptor_);
            throw CannotGoOn(fmt::format("another tidemark is fetching into {}; wait for it to end",
                                         folder_.parent_path().parent_path().string()));
        }
    }
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging() { close(descriptor_); }

    const fs::path& folder() const { return folder_; }

    void remove() const {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
        fs::remove(folder_.parent_path(), ignored);  // where it is empty
    }

  private:
    fs::path folder_;
    int descriptor_ = -1;
};

/// Where a file comes from: a path here, or else a URL.
struct Source {
    fs::path file;
    std::string url;
};

Source source_of(const KnownSet& set, const RemoteFile& file, const std::string& from) {
    if (from.empty()) return {{}, file.url};
    std::error_code ignored;
    if (fs::is_directory(from, ignored)) return {fs::path(from) / file.name(), {}};
    if (fs::exists(from, ignored)) {
        if (set.remote.size() == 1) return {from, {}};
        throw UsageError(fmt::format("--from {}: {} is {} files; name the folder that holds them", from,
                                     set.name, set.remote.size()));
    }
    require_url(from);
    if (from.ends_with('/')) return {{}, from + file.name()};
    return {{}, set.remote.size() == 1 ? from : from + "/" + file.name()};
}

/// Nothing where the file is the right one; else what is wrong.
std::string problem_of(const RemoteFile& file, const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return fmt::format("cannot be read: {}", error.message());
    if (size != static_cast<std::uintmax_t>(file.size))
        return fmt::format("has {} bytes, and {} has {}", size, file.name(), file.size);
    const std::string sum = sha256_of_file(path);
    if (sum == file.sha256) return {};
    return fmt::format("has the SHA-256 {}, and {} has {}", sum, file.name(), file.sha256);
}

/// The verified archive.
fs::path obtain(const KnownSet& set, const RemoteFile& file, const FetchOptions& options,
                const Staging& staging, DownloadObserver& observer) {
    const Source source = source_of(set, file, options.from);
    if (source.url.empty()) {
        const std::string problem = problem_of(file, source.file);
        if (problem.empty()) return source.file;
        throw CannotGoOn(fmt::format("{} {}; nothing was unpacked", source.file.string(), problem));
    }
    fs::path path = partial_file_of(file, staging.folder());
    {
        PartialFile part(path);
        observer.progress(file, part.size());
        download(file, source.url, part, observer, options.pause_before_next_attempt);
        observer.progress(file, part.size());
    }
    const std::string problem = problem_of(file, path);
    if (problem.empty()) return path;
    fs::remove(path);
    throw CannotGoOn(
        fmt::format("what came from {} {}; it was thrown away: try again, or give another place "
                    "by --from",
                    source.url, problem));
}

/// A name beside the folder that is free: `mnist.before`, `mnist.before-2`, …
fs::path free_name_beside(const fs::path& folder) {
    fs::path name = folder;
    name += ".before";
    std::error_code ignored;
    for (int number = 2; fs::exists(name, ignored); ++number) {
        name = folder;
        name += fmt::format(".before-{}", number);
    }
    return name;
}

void move(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) {
        throw CannotGoOn(
            fmt::format("cannot move {} to {}: {}", from.string(), to.string(), error.message()));
    }
}

/// The unpacked folder, still beside its place.
fs::path unpack_all(const KnownSet& set, const std::vector<fs::path>& archives, const Staging& staging) {
    const fs::path unpacked = staging.folder() / "unpacked";
    std::error_code ignored;
    fs::remove_all(unpacked, ignored);
    for (std::size_t i = 0; i < archives.size(); ++i) {
        const std::string name = set.remote[i].name();
        // an archive of a folder holds the folder itself
        const fs::path into = name.ends_with(".tar.gz") ? unpacked : unpacked / set.folder;
        make_folder(into);
        unpack(archives[i], name, into);
    }
    const Presence presence = look(set, unpacked);
    if (presence.state != State::Complete) {
        throw CannotGoOn(fmt::format(
            "{} is not what was expected: {}", set.remote.front().name(),
            presence.state == State::Absent ? "it has no folder " + set.folder : presence.problem));
    }
    return unpacked / set.folder;
}

}  // namespace

Fetched fetch(const KnownSet& set, const FetchOptions& options, DownloadObserver& observer) {
    if (look(set, options.data_folder).state == State::Complete) return {.was_complete = true};
    const Staging staging(staging_folder(set, options.data_folder));
    std::vector<fs::path> archives;
    for (const RemoteFile& file : set.remote)
        archives.push_back(obtain(set, file, options, staging, observer));
    const fs::path unpacked = unpack_all(set, archives, staging);
    Fetched fetched;
    const fs::path place = options.data_folder / set.folder;
    if (look(set, options.data_folder).state == State::Incomplete) {
        fetched.moved_aside = free_name_beside(place);
        move(place, fetched.moved_aside);
    }
    move(unpacked, place);
    staging.remove();
    return fetched;
}

}  // namespace tidemark::data
