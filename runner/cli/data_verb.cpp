#include <cerrno>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "data/data_folder.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

struct DataOptions {
    std::string action;
    std::string name;
    std::string folder;
    std::string from;
    std::string fix;
    OutputOptions output;

    std::filesystem::path data_folder() const {
        return folder.empty() ? terminal::default_data_folder() : std::filesystem::path(folder);
    }
};

std::vector<std::string> set_names() {
    std::vector<std::string> names;
    for (const data::KnownSet& set : data::known_sets()) names.push_back(set.name);
    return names;
}

std::int64_t download_size(const data::KnownSet& set) {
    std::int64_t sum = 0;
    for (const data::RemoteFile& file : set.remote) sum += file.size;
    return sum;
}

std::string state_of(const data::KnownSet& set, const std::filesystem::path& folder) {
    const data::Presence presence = data::look(set, folder);
    if (presence.state == data::State::Complete) return "complete";
    const std::int64_t here = data::downloaded(set, folder);
    const std::string started =
        here == 0 ? "" : fmt::format("{} % downloaded", here * 100 / download_size(set));
    if (presence.state == data::State::Absent) return started.empty() ? "not here" : started;
    return fmt::format("incomplete: {}{}{}", presence.problem, started.empty() ? "" : "; ", started);
}

ExitCode list(const DataOptions& options) {
    const std::filesystem::path folder = options.data_folder();
    report::Table table;
    table.columns = {{"data_set", "data set", Unit::None, false},
                     {"state", "state", Unit::None, false},
                     {"download_bytes", "download", Unit::Bytes, false},
                     {"folder", "folder", Unit::None, false}};
    for (const data::KnownSet& set : data::known_sets()) {
        if (!options.name.empty() && data::known_set(options.name).name != set.name) continue;
        table.rows.push_back({Cell{set.name, {}}, Cell{state_of(set, folder), {}},
                              Cell{download_size(set), {}},
                              Cell{terminal::shown_path(folder / set.folder), {}}});
    }
    write_table(options.output, table);
    return ExitCode::Success;
}

/// Becomes the program that fetches.
ExitCode fetch(const DataOptions& options, const terminal::Installation& installation) {
    if (options.name.empty()) {
        throw UsageError(
            fmt::format("`data fetch` needs the name of the data set: {}", fmt::join(set_names(), ", ")));
    }
    const data::KnownSet& set = data::known_set(options.name);
    const std::string program = installation.fetcher.string();
    const std::string folder = options.data_folder().string();
    execl(program.c_str(), program.c_str(), set.name.c_str(), folder.c_str(), options.from.c_str(), nullptr);
    throw CannotGoOn(fmt::format("cannot start {}: {}; the installation is damaged, build it again", program,
                                 errno_text(errno)));
}

/// Becomes the trainer, which alone can read images.
ExitCode check(const DataOptions& options, const terminal::Installation& installation) {
    if (options.name.empty())
        throw UsageError("`data check` needs the folder that data_dir names, or shall name");
    const std::string program = (installation.fetcher.parent_path() / "tidemark-train").string();
    const char* const fix = options.fix.empty() ? nullptr : "--fix-list";
    execl(program.c_str(), program.c_str(), "--check-data", options.name.c_str(), fix, nullptr);
    if (errno == ENOENT)
        throw UsageError(
            "`data check` needs the trainer, which is not part of this build; build it with LibTorch");
    throw CannotGoOn(fmt::format("cannot start {}: {}; the installation is damaged, build it again", program,
                                 errno_text(errno)));
}

}  // namespace

Action add_data_verb(Options& declared) {
    auto options = std::make_shared<DataOptions>();
    declared.required_choice("ACTION", options->action, {"fetch", "list", "check"},
                             "download, verify and unpack a data set, say which there are and what is here, "
                             "or read every image of one's own "
                             "folder and say what is damaged, foreign, there twice or turned, and how many "
                             "there are of each class");
    declared.text(
        "NAME", options->name,
        fmt::format("the data set: {}; for check the folder with the files", fmt::join(set_names(), ", ")));
    declared.choice("--fix", options->fix, {"list"},
                    "for check: print nothing but the files to leave out, one a line");
    declared.text("--into", options->folder, "the folder for data sets (default: data/ of the project)");
    declared.text("--from", options->from,
                  "fetch from this URL or take this file instead; a folder where there are several files");
    options->output.add_to(declared);
    return [options](const Context& context) {
        if (options->action == "fetch") return fetch(*options, context.installation);
        return options->action == "check" ? check(*options, context.installation) : list(*options);
    };
}

}  // namespace tidemark::cli
