#include "terminal/installation.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::terminal {
namespace {

std::filesystem::path project_folder() {
    const char* project = std::getenv(kProjectVariable);
    return project != nullptr && *project != '\0' ? std::filesystem::path(project)
                                                  : std::filesystem::current_path();
}

}  // namespace

Installation Installation::of_this_program() {
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) {
        throw CannotGoOn(
            fmt::format("cannot read /proc/self/exe: {}; tidemark needs a mounted /proc", error.message()));
    }
    const std::filesystem::path prefix = program.parent_path().parent_path();
    return {prefix / "libexec/tidemark/tidemark-warden", prefix / "libexec/tidemark/tidemark-node",
            prefix / "libexec/tidemark/tidemark-fetch", prefix / "share/tidemark/workloads"};
}

std::filesystem::path default_data_folder() {
    return project_folder() / "data";
}

std::filesystem::path default_configs_folder() {
    return project_folder() / "configs";
}

std::string own_command(const std::string& first_argument) {
    const char* command = std::getenv(kCommandVariable);
    return command != nullptr && *command != '\0' ? command : first_argument;
}

std::string shown_path(const std::filesystem::path& path) {
    const std::filesystem::path relative = path.lexically_proximate(std::filesystem::current_path());
    const bool below = !relative.empty() && *relative.begin() != "..";
    return below ? relative.string() : path.string();
}

}  // namespace tidemark::terminal
