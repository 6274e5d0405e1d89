#include "sweep/input_listing.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include <fnmatch.h>
#include <sys/stat.h>
#include <system_error>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/folder.hpp"
#include "sweep/repository.hpp"

namespace tidemark::sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1'000'000;
constexpr std::string_view kAnyFolders = "**";
/// What git keeps for itself, and what Python makes of the sources beside it.
constexpr std::array<std::string_view, 2> kNoInputs{".git", "__pycache__"};

bool is_pattern(std::string_view part) {
    return part.find_first_of("*?[") != std::string_view::npos;
}

/// A problem, for the message.
struct CannotList {
    std::string problem;
};

class Lister {
  public:
    Lister(const fs::path& folder, const std::vector<fs::path>& left_out, FolderNames& names,
           InputListing& out)
        : folder_(folder), left_out_(left_out), names_(names), out_(out) {}

    /// A file, or a folder with all that is below it.
    void add(const fs::path& name) {
        const fs::path path = folder_ / name;
        if (is_left_out(path)) return;
        struct stat status {};
        if (stat(path.c_str(), &status) != 0) {
            add_unseen(name, path);
        } else if (S_ISDIR(status.st_mode)) {
            if (visited_.emplace(status.st_dev, status.st_ino).second)
                for (const fs::path& entry : entries_of(path)) add(name / entry);
            else
                add_entry(name, {path, FoundInput::Kind::Link, 0, 0, 0, "a folder that is there already"});
        } else if (S_ISREG(status.st_mode)) {
            add_entry(name, {path,
                             FoundInput::Kind::File,
                             status.st_size,
                             status.st_mtim.tv_sec,
                             status.st_mtim.tv_nsec,
                             {}});
        } else {
            add_entry(name, {path, FoundInput::Kind::Special, 0, 0, 0, {}});
        }
    }

    void add_matches(const std::string& pattern) {
        for (const fs::path& name : matches(pattern)) add(name);
    }

    const std::set<fs::path>& matches(const std::string& pattern) {
        std::vector<std::string> parts;
        const fs::path whole(pattern);
        for (const fs::path& part : whole.relative_path()) {
            if (!part.empty()) parts.push_back(part.string());
        }
        match(whole.root_path(), parts, 0);
        return matched_;
    }

  private:
    void add_entry(const fs::path& name, FoundInput found) {
        out_.size.value += found.size;
        out_.files.emplace(name.string(), std::move(found));
        if (out_.files.size() > kMostFiles)
            throw CannotList{
                fmt::format("holds more than {} files; name what the runs read of them", kMostFiles)};
    }

    /// A link to nothing, or what git tracks and is not there.
    void add_unseen(const fs::path& name, const fs::path& path) {
        const int reason = errno;
        std::error_code error;
        const fs::path target = fs::read_symlink(path, error);
        if (!error)
            add_entry(name, {path, FoundInput::Kind::Link, 0, 0, 0, target.string()});
        else if (reason == ENOENT || reason == ENOTDIR)
            add_entry(name, {path, FoundInput::Kind::Absent, 0, 0, 0, {}});
        else
            throw CannotList{fmt::format("cannot read {}: {}", path.string(), errno_text(reason))};
    }

    bool is_left_out(const fs::path& path) const {
        return std::ranges::find(left_out_, path.lexically_normal()) != left_out_.end();
    }

    const std::vector<fs::path>& entries_of(const fs::path& folder) {
        try {
            return names_.of(folder);
        } catch (const std::system_error& error) {
            throw CannotList{
                fmt::format("cannot read the folder {}: {}", folder.string(), error.code().message())};
        }
    }

    /// Those that match the pattern: they begin as it does, which leaves few to look at.
    std::vector<fs::path> matches_in(const fs::path& folder, const std::string& pattern) {
        const std::vector<fs::path>& all = entries_of(folder);
        const std::string begin = pattern.substr(0, pattern.find_first_of("*?[\\"));
        std::vector<fs::path> found;
        for (auto entry = std::ranges::lower_bound(
                 all, begin, {}, [](const fs::path& name) -> const std::string& { return name.native(); });
             entry != all.end() && entry->native().starts_with(begin); ++entry) {
            if (fnmatch(pattern.c_str(), entry->c_str(), FNM_PERIOD) == 0) found.push_back(*entry);
        }
        return found;
    }

    /// What matches the parts from `at` on, below `name`.
    void match(const fs::path& name, const std::vector<std::string>& parts, std::size_t at) {
        std::error_code error;
        if (at == parts.size()) {
            if (fs::exists(fs::symlink_status(folder_ / name, error))) matched_.insert(name);
            return;
        }
        const std::string& part = parts[at];
        if (part == kAnyFolders) {
            match_below(name, parts, at);
        } else if (!is_pattern(part)) {
            match(name / part, parts, at + 1);
        } else if (fs::is_directory(folder_ / name, error)) {
            for (const fs::path& entry : matches_in(folder_ / name, part)) match(name / entry, parts, at + 1);
        }
    }

    /// In any depth, but not behind links, nor in folders whose name begins with a dot.
    void match_below(const fs::path& name, const std::vector<std::string>& parts, std::size_t at) {
        std::error_code error;
        if (!fs::is_directory(folder_ / name, error)) return;
        if (at + 1 < parts.size()) match(name, parts, at + 1);
        for (const fs::path& entry : entries_of(folder_ / name)) {
            if (entry.native().starts_with('.')) continue;
            if (fs::is_directory(fs::symlink_status(folder_ / name / entry, error)))
                match_below(name / entry, parts, at);
            else if (at + 1 == parts.size())
                matched_.insert(name / entry);
        }
    }

    const fs::path& folder_;
    const std::vector<fs::path>& left_out_;
    FolderNames& names_;
    InputListing& out_;
    std::set<std::pair<dev_t, ino_t>> visited_;  ///< folders
    std::set<fs::path> matched_;
};

void list_tracked(const fs::path& folder, Lister& lister) {
    std::string problem;
    const auto tracked = Repository(folder).tracked(problem);
    if (!tracked) {
        throw CannotList{
            fmt::format("is all that the git repository tracks here, and {}; name files, folders or "
                        "patterns instead, such as 'src/**/*.py'",
                        problem)};
    }
    if (tracked->empty()) {
        throw CannotList{
            fmt::format("is all that the git repository tracks here, and it tracks nothing below {}; "
                        "`git add` what the runs read",
                        folder.string())};
    }
    for (const std::string& name : *tracked) lister.add(name);
}

void list_named(const std::string& entry, const fs::path& folder, InputListing& out, Lister& lister) {
    const fs::path path = folder / entry;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status) && is_pattern(entry)) {
        lister.add_matches(entry);
        if (out.files.empty()) {
            throw CannotList{
                fmt::format("matches nothing in {}; `*` stands for a part of a name, `**` for folders "
                            "in any depth",
                            folder.string())};
        }
        return;
    }
    if (const std::string kind = special_kind(path); !kind.empty())
        throw CannotList{
            fmt::format("is {}, which has no content to hold against an earlier one; leave it out", kind)};
    out.is_one_file = !fs::is_directory(status);
    if (out.is_one_file)
        out.files.emplace(entry, FoundInput{path});
    else
        lister.add(entry);
}

}  // namespace

std::string special_kind(const fs::path& file) {
    std::error_code error;
    switch (fs::status(file, error).type()) {
        case fs::file_type::fifo:
            return "a named pipe";
        case fs::file_type::socket:
            return "a socket";
        case fs::file_type::block:
        case fs::file_type::character:
            return "a device";
        default:
            return {};
    }
}

const std::vector<fs::path>& FolderNames::of(const fs::path& folder) {
    const auto known = known_.find(folder.native());
    if (known != known_.end()) return known->second;
    std::vector<fs::path> names;
    const std::error_code error = for_each_entry(folder, [&](const fs::directory_entry& entry) {
        if (std::ranges::find(kNoInputs, entry.path().filename().string()) == kNoInputs.end())
            names.push_back(entry.path().filename());
    });
    if (error) throw std::system_error(error);
    std::ranges::sort(names, {}, [](const fs::path& name) -> const std::string& { return name.native(); });
    return known_.emplace(folder.native(), std::move(names)).first->second;
}

std::vector<std::string> files_matching(const std::string& pattern, const fs::path& folder,
                                        std::string& problem) {
    std::vector<std::string> files;
    InputListing unused;
    const std::vector<fs::path> none;
    FolderNames names;
    try {
        Lister lister(folder, none, names, unused);
        for (const fs::path& name : lister.matches(pattern)) {
            std::error_code error;
            if (fs::is_regular_file(folder / name, error)) files.push_back(name.string());
        }
    } catch (const CannotList& reason) {
        problem = reason.problem;
    }
    std::ranges::sort(files);
    return files;
}

InputListing list_input(const std::string& entry, const fs::path& folder,
                        const std::vector<fs::path>& left_out, FolderNames& names) {
    InputListing out;
    Lister lister(folder, left_out, names, out);
    try {
        if (entry == kTrackedByGit)
            list_tracked(folder, lister);
        else
            list_named(entry, folder, out, lister);
    } catch (const CannotList& reason) {
        out.problem = fmt::format("'{}' {}", entry, reason.problem);
    }
    return out;
}

}  // namespace tidemark::sweep
