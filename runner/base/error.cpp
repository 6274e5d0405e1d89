#include "base/error.hpp"

#include <system_error>

#include <fmt/ranges.h>

namespace tidemark {

UsageError::UsageError(const std::vector<std::string>& problems)
    : Error(ExitCode::Usage, fmt::format("{}", fmt::join(problems, "\n"))) {}

std::string errno_text(int error) {
    return std::generic_category().message(error);
}

}  // namespace tidemark
