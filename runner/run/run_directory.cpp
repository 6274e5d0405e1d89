#include "run/run_directory.hpp"

#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/regular_file.hpp"

namespace tidemark::run {

RunDirectory RunDirectory::create(const std::filesystem::path& parent, const protocol::Request& request) {
    return create_at(parent / request.run_id, request);
}

RunDirectory RunDirectory::create_at(std::filesystem::path path, const protocol::Request& request) {
    RunDirectory directory(std::move(path));
    std::error_code error;
    std::filesystem::create_directories(directory.path(), error);
    if (error) {
        throw CannotGoOn(
            fmt::format("cannot make the run directory {}: {}", directory.path().string(), error.message()));
    }
    nlohmann::ordered_json json = protocol::to_json(request);
    if (!request.made_by.empty()) json[kMadeBy] = nlohmann::ordered_json::parse(request.made_by);
    write_regular_file(directory.request(),
                       json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    return directory;
}

}  // namespace tidemark::run
