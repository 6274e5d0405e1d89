#include "run/observed_states.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <sys/stat.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/folder.hpp"
#include "run/file_watch.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLargestRead = std::int64_t{64} << 20U;  // 64 MiB are read in some 20 ms
constexpr std::size_t kMostFilesByContent = 1000;               // of one folder
constexpr std::size_t kMostNameBytes = 64 * 1024;  // that are kept of a folder; else their digest
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
/// A file that was changed this recently may be changed once more and look the same.
constexpr std::int64_t kSettled = 2 * kNanosecondsPerSecond;

constexpr std::string_view kCacheFolder = "__pycache__";
constexpr std::string_view kPythonSource = ".py";
constexpr std::string_view kCompiled = ".pyc";
/// What programs are made of: a folder that one looks for them in is listed without being data.
constexpr std::array<std::string_view, 5> kProgramEndings{kPythonSource, kCompiled, ".so", ".pth", ".sh"};
constexpr std::string_view kAllNames = "*";
constexpr std::string_view kChangedMeanwhile = "changed meanwhile";  // no content has this digest

std::string_view name_of(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

/// `.png`; empty for a name without one.
std::string ending_of(std::string_view path) {
    const std::string_view name = name_of(path);
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? "" : std::string(name.substr(dot));
}

bool is_program(std::string_view ending) {
    return std::ranges::find(kProgramEndings, ending) != kProgramEndings.end();
}

std::string joined(const std::string& folder, std::string_view name) {
    return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * kNanosecondsPerSecond + time.tv_nsec;
}

std::int64_t now_ns() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return nanoseconds(now);
}

std::optional<struct stat> file_status(const fs::path& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return status;
}

std::string stamp(const struct stat& status) {
    return fmt::format("{} {}", status.st_size, nanoseconds(status.st_mtim));
}

std::set<std::string> lines_of(std::string_view text, char separator) {
    std::set<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        lines.emplace(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

/// The endings that a folder counts by stand before the first line end, what they are compared with behind.
std::set<std::string> endings_in(const std::string& state) {
    const std::string_view first = std::string_view(state).substr(0, state.find('\n'));
    std::set<std::string> endings;
    for (const std::string& ending : lines_of(first, '/')) endings.insert(ending == "-" ? "" : ending);
    return endings;
}

std::string first_line(const std::set<std::string>& endings) {
    std::vector<std::string> shown;
    for (const std::string& ending : endings) shown.push_back(ending.empty() ? "-" : ending);
    return fmt::format("{}\n", fmt::join(shown, "/"));
}

/// A folder whose names cannot be known, and why.
struct CannotList {
    std::string problem;
};

bool is_known_by_digest(std::string_view names) {
    return names.starts_with("/");
}

}  // namespace

bool is_below_any(const std::set<std::string>& paths, std::string_view path) {
    for (std::string at(path); !at.empty(); at = folder_of(at))
        if (paths.contains(at)) return true;
    return false;
}

ObservedStates::ObservedStates(fs::path folder, LeftOut left_out)
    : folder_(std::move(folder)), left_out_(std::move(left_out)) {}

/// `x.py` of `__pycache__/x.cpython-311.pyc`, `…opt-1.pyc` and `…-pytest-7.2.pyc`; the path itself where it
/// is no such file; empty where it is one and has no source.
std::string ObservedStates::source_of(const std::string& path) const {
    const std::string cache = folder_of(path);
    if (name_of(cache) != kCacheFolder) return path;
    std::string name(name_of(path));
    for (std::size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0; dot = name.rfind('.')) {
        name.resize(dot);
        std::string source = joined(folder_of(cache), name + std::string(kPythonSource));
        if (file_status(folder_ / source)) return source;
    }
    return {};
}

Observation ObservedStates::observation(const Seen& seen, const FileWatch& watch,
                                        const fs::path& working_directory) {
    Observation out;
    out.gap = seen.gap;
    for (const std::string& path : seen.written)
        if (!is_below_any(seen.written, folder_of(path))) out.written.push_back(path);
    std::map<std::string, std::vector<std::string>> read;  // by folder
    std::set<std::string> paths, with_modules, on_the_way;
    for (const std::string& opened : seen.opened) {
        const std::string path = source_of(opened);
        if (path.empty() || is_below_any(seen.written, path) || !paths.insert(path).second) continue;
        read[folder_of(path)].push_back(path);
        const bool is_module = ending_of(path) == kPythonSource;
        for (std::string at = path; !at.empty(); at = folder_of(at)) {
            on_the_way.insert(at);
            if (is_module) with_modules.insert(folder_of(at));
        }
    }
    for (const std::string& path : seen.read_before) {
        // who changes a program that was read is most often its author, and not the run
        const bool is_source = is_program(ending_of(path)) && ending_of(path) != kCompiled;
        if (is_source && !is_below_any(seen.written, folder_of(path)))
            out.read.push_back({path, ObservedKind::Content, std::string(kChangedMeanwhile)});
    }
    const auto add_from_folder = [&](auto look) {
        try {
            look();
        } catch (const CannotList& reason) {
            if (out.gap.empty()) out.gap = reason.problem;
        }
    };
    for (const auto& [folder, files] : read) {
        add_from_folder([&, &name = folder, &paths_there = files] {
            for (ObservedFile& file : files_of(name, paths_there)) out.read.push_back(std::move(file));
        });
    }
    for (const std::string& folder : seen.listed) {
        if (is_below_any(seen.written, folder) || left_out_.contains(folder)) continue;
        std::set<std::string> endings;
        for (const std::string& file : read[folder])
            if (!is_program(ending_of(file))) endings.insert(ending_of(file));
        const bool is_searched = folder.empty() || with_modules.contains(folder) ||
                                 fs::path(folder_ / folder) == working_directory;
        if (read[folder].empty() && !is_searched) endings.emplace(kAllNames);
        if (endings.empty()) continue;
        add_from_folder([&] { out.read.push_back(names_now(folder, endings, seen.written)); });
    }
    for (const std::string& path : on_the_way) {
        const auto [first, last] = watch.links_by_target().equal_range(path);
        for (auto link = first; link != last; ++link) {
            std::error_code error;
            const fs::path target = fs::read_symlink(folder_ / link->second, error);
            if (!error) out.read.push_back({link->second, ObservedKind::Link, target.string()});
        }
    }
    std::ranges::sort(out.read, {}, [](const ObservedFile& file) { return std::pair(file.path, file.kind); });
    return out;
}

std::vector<ObservedFile> ObservedStates::files_of(const std::string& folder,
                                                   const std::vector<std::string>& paths) {
    std::vector<ObservedFile> files;
    if (paths.size() > kMostFilesByContent) {
        std::set<std::string> endings;
        for (const std::string& path : paths) endings.insert(ending_of(path));
        files.push_back(stamps_now(folder, endings, {}));
        return files;
    }
    for (const std::string& path : paths) {
        if (auto file = file_now(path, false)) files.push_back(std::move(*file));
    }
    return files;
}

std::optional<ObservedFile> ObservedStates::file_now(const std::string& path, bool by_stamp) {
    const auto status = file_status(folder_ / path);
    if (!status) return std::nullopt;
    if (by_stamp || status->st_size > kLargestRead)
        return ObservedFile{path, ObservedKind::Stamp, stamp(*status)};
    const auto content = content_of(path);
    if (!content) return std::nullopt;
    ObservedFile file{path, ObservedKind::Content, tidemark::to_text(*content)};
    if (now_ns() - nanoseconds(status->st_ctim) > kSettled) {
        file.size = status->st_size;
        file.changed_ns = nanoseconds(status->st_ctim);
    }
    return file;
}

std::optional<Digest> ObservedStates::content_of(const std::string& path) {
    const auto status = file_status(folder_ / path);
    if (!status) return std::nullopt;
    const std::int64_t changed = nanoseconds(status->st_ctim);
    const auto known = known_.find(path);
    if (known != known_.end() && known->second.size == status->st_size && known->second.changed_ns == changed)
        return known->second.content;
    const auto content = digest_of_file(folder_ / path);
    if (content && now_ns() - changed > kSettled) known_[path] = {status->st_size, changed, *content};
    return content;
}

/// Files with one of the endings, or all files and folders; none where it is gone. Throws CannotList.
std::set<std::string> ObservedStates::names_in(const std::string& folder,
                                               const std::set<std::string>& endings) const {
    std::set<std::string> names;
    const bool all = endings.contains(std::string(kAllNames));
    const std::error_code error = for_each_entry(folder_ / folder, [&](const fs::directory_entry& entry) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(".") || name == kCacheFolder || left_out_.contains(joined(folder, name))) return;
        std::error_code ignored;
        if (all || (endings.contains(ending_of(name)) && !entry.is_directory(ignored))) names.insert(name);
    });
    const bool is_gone = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
    if (error && !is_gone)
        throw CannotList{
            fmt::format("{} cannot be listed ({})", folder.empty() ? "the folder" : folder, error.message())};
    return names;
}

ObservedFile ObservedStates::names_now(const std::string& folder, const std::set<std::string>& endings,
                                       const std::set<std::string>& outputs) const {
    std::set<std::string> names = names_in(folder, endings);
    std::erase_if(names, [&](const std::string& name) { return outputs.contains(joined(folder, name)); });
    std::string text = fmt::format("{}", fmt::join(names, "\n"));
    if (text.size() > kMostNameBytes) text = "/" + tidemark::to_text(digest_of(text));  // no name begins so
    return {folder, ObservedKind::Names, first_line(endings) + text};
}

ObservedFile ObservedStates::stamps_now(const std::string& folder, const std::set<std::string>& endings,
                                        const std::set<std::string>& outputs) const {
    std::string text;
    for (const std::string& name : names_in(folder, endings)) {
        const std::string path = joined(folder, name);
        if (outputs.contains(path)) continue;
        if (const auto status = file_status(folder_ / path))
            text += fmt::format("{}\n{}\n", name, stamp(*status));
    }
    return {folder, ObservedKind::Stamps, first_line(endings) + tidemark::to_text(digest_of(text))};
}

std::optional<std::string> ObservedStates::change(const ObservedFile& file,
                                                  const std::set<std::string>& outputs) {
    if (left_out_.contains(file.path)) return std::nullopt;
    try {
        return change_of(file, outputs);
    } catch (const CannotList& reason) {
        return reason.problem;
    }
}

std::optional<std::string> ObservedStates::change_of(const ObservedFile& file,
                                                     const std::set<std::string>& outputs) {
    const std::string changed = fmt::format("{} changed", file.path.empty() ? "the folder" : file.path);
    switch (file.kind) {
        case ObservedKind::Content:
        case ObservedKind::Stamp: {
            const auto status = file_status(folder_ / file.path);
            if (!status) return fmt::format("{} is gone", file.path);
            if (file.kind == ObservedKind::Stamp)
                return stamp(*status) == file.state ? std::nullopt : std::optional(changed);
            const bool looks_the_same = file.changed_ns != 0 && file.size == status->st_size &&
                                        file.changed_ns == nanoseconds(status->st_ctim);
            if (looks_the_same) return std::nullopt;
            const auto content = content_of(file.path);
            if (!content) return fmt::format("{} cannot be read any more", file.path);
            return tidemark::to_text(*content) == file.state ? std::nullopt : std::optional(changed);
        }
        case ObservedKind::Names:
            return change_of_names(file, outputs);
        case ObservedKind::Stamps:
            return stamps_now(file.path, endings_in(file.state), outputs).state == file.state
                       ? std::nullopt
                       : std::optional(fmt::format("a file in {} changed", file.path));
        case ObservedKind::Link: {
            std::error_code error;
            const fs::path target = fs::read_symlink(folder_ / file.path, error);
            return !error && target.string() == file.state ? std::nullopt : std::optional(changed);
        }
    }
    return changed;
}

std::optional<std::string> ObservedStates::change_of_names(const ObservedFile& folder,
                                                           const std::set<std::string>& outputs) const {
    const std::set<std::string> endings = endings_in(folder.state);
    const std::string before =
        folder.state.substr(std::min(folder.state.find('\n') + 1, folder.state.size()));
    if (is_known_by_digest(before)) {
        return names_now(folder.path, endings, outputs).state == folder.state
                   ? std::nullopt
                   : std::optional(fmt::format("the names in {} changed", folder.path));
    }
    const std::set<std::string> then = lines_of(before, '\n');
    const std::set<std::string> now = names_in(folder.path, endings);
    const auto first_only_in = [&](const std::set<std::string>& one, const std::set<std::string>& other) {
        for (const std::string& name : one) {
            std::string path = joined(folder.path, name);
            if (!other.contains(name) && !outputs.contains(path)) return path;
        }
        return std::string();
    };
    if (const std::string path = first_only_in(now, then); !path.empty())
        return fmt::format("{} is new", path);
    if (const std::string path = first_only_in(then, now); !path.empty())
        return fmt::format("{} is gone", path);
    return std::nullopt;
}

}  // namespace tidemark::run
