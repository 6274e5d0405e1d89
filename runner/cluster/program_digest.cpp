#include "cluster/program_digest.hpp"

#include <cstdlib>

#include "base/digest.hpp"
#include "sweep/program_file.hpp"

namespace tidemark::cluster {

ProgramHere program_of(const protocol::Request& request) {
    if (request.command.empty()) return {};
    const auto own_path = request.environment.find("PATH");
    const char* path = std::getenv("PATH");
    std::string ignored;
    const std::filesystem::path file =
        sweep::find_program(request.command.front(), request.working_directory,
                            own_path != request.environment.end() ? own_path->second
                            : path != nullptr                     ? path
                                                                  : "",
                            ignored);
    if (file.empty()) return {};
    const auto digest = digest_of_file(file);
    return {file.lexically_normal().string(), digest ? to_text(*digest) : std::string()};
}

}  // namespace tidemark::cluster
