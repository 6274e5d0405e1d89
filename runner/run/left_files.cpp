#include "run/left_files.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include <fnmatch.h>
#include <system_error>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/folder.hpp"
#include "run/metric_files.hpp"
#include "run/spare_folders.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;

/// A program may have put a link in its place, which leads anywhere.
bool is_real_folder(const fs::path& path) {
    std::error_code error;
    return fs::symlink_status(path, error).type() == fs::file_type::directory;
}

/// All entries below, each folder before what is in it. Links are entries, and not followed. With a folder
/// that may not be listed or changed this is made possible first, where it can be; `unread` is called with
/// one that could not be read to its end, and why.
template <typename Unread>
std::vector<fs::path> entries_below(const fs::path& folder, Unread unread) {
    std::vector<fs::path> found;
    std::deque<fs::path> folders;
    if (is_real_folder(folder)) folders.push_back(folder);
    while (!folders.empty()) {
        const fs::path at = folders.front();
        folders.pop_front();
        std::error_code ignored;
        fs::permissions(at, fs::perms::owner_all, fs::perm_options::add, ignored);
        const std::error_code error = for_each_entry(at, [&](const fs::directory_entry& entry) {
            found.push_back(entry.path());
            if (is_real_folder(entry.path())) folders.push_back(entry.path());
        });
        if (error) unread(at, error);
    }
    return found;
}

bool matches(const std::string& pattern, const fs::path& name) {
    return fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0;
}

/// Decides what stays of a run's folder.
class Keeper {
  public:
    Keeper(fs::path folder, const std::vector<std::string>& patterns)
        : folder_(std::move(folder)), root_(real_place(folder_)) {
        entries_ = entries_below(folder_, [&](const fs::path& unread, const std::error_code& error) {
            is_all_known_ = false;
            warnings_.push_back(
                fmt::format("keep: {} cannot be read to its end ({}); what was not seen of it stays",
                            unread == folder_ ? "its folder" : "'" + shown(unread) + "'", error.message()));
        });
        for (const fs::path& entry : entries_) below_[entry.parent_path()].push_back(entry);
        for (const std::string& pattern : patterns) match(pattern);
    }

    std::vector<std::string> remove_the_rest() {
        std::size_t failures = 0;
        std::string first;
        for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
            const bool is_folder = is_real_folder(*entry);
            std::error_code error;
            if (is_folder ? !fs::is_empty(*entry, error) || kept_.contains(*entry) : kept_.contains(*entry))
                continue;
            if (fs::remove(*entry, error) || !error) continue;
            if (failures++ == 0) first = fmt::format("'{}': {}", shown(*entry), error.message());
        }
        if (failures > 0) {
            warnings_.push_back(
                fmt::format("keep: {} of its files could not be removed; the first is {}", failures, first));
        }
        if (links_out_ > 0) {
            warnings_.push_back(fmt::format(
                "keep: {} link{} out of its folder or to nothing {} not kept; the first is '{}'", links_out_,
                links_out_ == 1 ? "" : "s", links_out_ == 1 ? "is" : "are", first_link_out_));
        }
        return std::move(warnings_);
    }

  private:
    void match(const std::string& pattern) {
        bool any = false;
        for (const fs::path& entry : entries_) {
            if (!matches(pattern, entry.lexically_relative(folder_))) continue;
            any = true;
            keep(entry);
        }
        if (!any && is_all_known_)
            warnings_.push_back(fmt::format("keep: '{}' matches nothing that it left", pattern));
    }

    /// With all that is below a folder, and with what a link leads to.
    void keep(const fs::path& entry) {
        if (links_seen_.contains(entry)) return;
        std::error_code error;
        if (fs::is_symlink(fs::symlink_status(entry, error))) {
            keep_link(entry);
            return;
        }
        const bool is_folder = is_real_folder(entry);
        if (!is_folder && !fs::is_regular_file(entry, error)) return;  // a pipe, which holds nothing
        if (!kept_.insert(entry).second || !is_folder) return;
        for (const fs::path& below : below_[entry]) keep(below);
    }

    void keep_link(const fs::path& link) {
        links_seen_.insert(link);
        std::error_code error;
        const fs::path target = real_place(link);
        const fs::path own = target.lexically_relative(root_);
        if (own.empty() || *own.begin() == ".." || !fs::exists(target, error)) {
            if (links_out_++ == 0) first_link_out_ = shown(link);
            return;
        }
        kept_.insert(link);
        if (own == ".") return;
        // each link on the way, and what is at its end
        const fs::path next = (link.parent_path() / fs::read_symlink(link, error)).lexically_normal();
        if (fs::is_symlink(fs::symlink_status(next, error)) &&
            !next.lexically_relative(folder_).string().starts_with(".."))
            keep(next);
        keep(folder_ / own);
    }

    std::string shown(const fs::path& entry) const {
        return terminal::visible(entry.lexically_relative(folder_).string());
    }

    fs::path folder_;
    fs::path root_;
    std::vector<fs::path> entries_;
    bool is_all_known_ = true;
    std::map<fs::path, std::vector<fs::path>> below_;  ///< what is directly in each folder
    std::set<fs::path> kept_;
    std::set<fs::path> links_seen_;
    std::size_t links_out_ = 0;
    std::string first_link_out_;
    std::vector<std::string> warnings_;
};

}  // namespace

void renew_run_dir(const fs::path& run_dir) {
    std::error_code error;
    if (is_as_new(run_dir)) return;
    entries_below(run_dir, [](const auto&, const auto&) {});  // so that all can be removed
    fs::remove_all(run_dir, error);
    if (!error) fs::create_directories(run_dir, error);
    if (error) throw CannotGoOn(fmt::format("cannot make {} anew: {}", run_dir.string(), error.message()));
}

std::vector<LeftFile> left_files(const fs::path& run_dir, std::string& problem) {
    std::vector<LeftFile> files;
    std::error_code error;
    if (!is_real_folder(run_dir)) return files;
    for (fs::recursive_directory_iterator at(run_dir, fs::directory_options::skip_permission_denied, error),
         end;
         !error && at != end; at.increment(error)) {
        const std::string name = at->path().lexically_relative(run_dir).string();
        std::error_code gone;
        if (at->is_symlink(gone))
            files.push_back({name, Bytes{0}, fs::read_symlink(at->path(), gone).string()});
        else if (at->is_regular_file(gone))
            files.push_back({name, Bytes{static_cast<std::int64_t>(at->file_size(gone))}, {}});
    }
    if (error) problem = fmt::format("{} cannot be read to its end ({})", run_dir.string(), error.message());
    std::ranges::sort(files, {}, &LeftFile::name);
    return files;
}

void settle_left_files(Record& record, SpareFolders* spares) {
    const fs::path run_dir = RunDirectory(record.directory).run_dir();
    const bool is_ok = status_of(record.outcome) == protocol::Status::Ok;
    if (is_ok && record.request.keep) {
        for (std::string& warning : Keeper(run_dir, *record.request.keep).remove_the_rest())
            record.warnings.push_back(std::move(warning));
    }
    // what lives on, or was started beside the program, may have it as its working directory
    const bool is_left_alone = is_ok && record.measurement.survivors.empty() &&
                               record.request.setup.empty() && record.request.teardown.empty();
    if (spares != nullptr && is_left_alone && spares->keep(run_dir)) return;
    std::error_code ignored;
    if (is_real_folder(run_dir)) fs::remove(run_dir, ignored);  // where it is empty
}

}  // namespace tidemark::run
