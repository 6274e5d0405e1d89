#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "protocol/request.hpp"
#include "run/launcher.hpp"

namespace tidemark::run {

/// How a service is started for the program beside which it runs: with its parameters and environment,
/// without its limits.
Launch service_launch(const Launch& program, const std::filesystem::path& directory);

/// The check that tells whether it is ready, made again and again.
Launch service_check_launch(const Launch& service, const std::vector<std::string>& check);

/// How a service ended that was not asked to; nothing where it was.
struct ServiceEnd {
    std::string failure;  ///< with the last lines that it wrote
    std::string remark;   ///< it ended well, and by itself
};

/// By the service's own directory. `program` is the request of the program beside which it ran.
ServiceEnd service_end(const std::filesystem::path& directory, const protocol::Request& program);

/// The last lines that the program of this directory wrote, in one: of stderr, or else of stdout.
std::string last_lines(const std::filesystem::path& directory);

}  // namespace tidemark::run
