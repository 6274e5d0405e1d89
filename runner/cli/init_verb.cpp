#include <cerrno>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/new_sweep_file.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"

namespace tidemark::cli {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
    std::string file = "sweep.yaml";
    std::vector<std::string> command;
};

/// Never what somebody else has written. A file that is cut short by a full disk is taken away again.
void write_new_file(const std::string& file, const std::string& text) {
    constexpr mode_t kForAll = 0666;
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kForAll);
    if (descriptor < 0 && errno == EEXIST)
        throw UsageError(fmt::format("{} is there already; name another file with --output", file));
    if (descriptor < 0) throw CannotGoOn(fmt::format("cannot write {}: {}", file, errno_text(errno)));
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = ::write(descriptor, text.data() + written, text.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        written += static_cast<std::size_t>(count);
    }
    const int why = errno;
    const bool is_whole = close(descriptor) == 0 && written == text.size();
    if (is_whole) return;
    unlink(file.c_str());
    throw CannotGoOn(
        fmt::format("cannot write {}: {}", file, errno_text(written < text.size() ? why : errno)));
}

NewSweep new_sweep(const InitOptions& options, const Context& context) {
    if (!options.command.empty()) return sweep_of_command(options.command);
    if (load_workloads(context.installation).find("train") == nullptr) {
        throw UsageError(
            fmt::format("this installation has no trainer; name a command: {} init PROGRAM ARGUMENT…",
                        terminal::own_command(context.arguments.front())));
    }
    NewSweep sweep;
    sweep.name = "training";
    return sweep;
}

/// From the file to where the command was given, which is where its relative paths begin.
std::string folder_of_command(const fs::path& file) {
    const fs::path folder = fs::weakly_canonical(fs::absolute(file).parent_path());
    const fs::path here = fs::canonical(fs::current_path());
    return folder == here ? std::string() : here.lexically_relative(folder).string();
}

}  // namespace

Action add_init_verb(Options& declared) {
    auto options = std::make_shared<InitOptions>();
    declared.text("--output", options->file,
                  "the file to write, if not sweep.yaml; it must not be there yet");
    declared.rest("COMMAND", options->command,
                  "a program and its arguments, whose options become parameters; without it the trainer");
    return [options](const Context& context) {
        NewSweep sweep = new_sweep(*options, context);
        const fs::path schema = context.installation.workloads.parent_path() / "sweep.schema.json";
        std::error_code error;
        if (fs::is_regular_file(schema, error)) sweep.schema = schema;
        if (!sweep.command.empty()) sweep.cwd = folder_of_command(options->file);
        write_new_file(options->file, text_of(sweep));
        std::vector<std::string> names;
        for (const auto& [name, value] : sweep.parameters) names.push_back(name);
        if (!names.empty()) std::cerr << fmt::format("parameters: {}\n", fmt::join(names, ", "));
        std::cerr << fmt::format("wrote {}; make its runs: {} run {}\n", options->file,
                                 terminal::own_command(context.arguments.front()), options->file);
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
