#include "sweep/program_file.hpp"

#include <algorithm>
#include <fstream>

#include <unistd.h>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

bool is_program(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::filesystem::path find_program(const std::string& name, const std::filesystem::path& working_directory,
                                   const std::string& search_path, std::string& problem) {
    if (name.find('/') != std::string::npos) {
        std::filesystem::path file = working_directory / name;
        if (is_program(file)) return file;
        std::error_code error;
        problem =
            std::filesystem::exists(file, error)
                ? fmt::format("'{0}' is not a program that may be run; is it missing `chmod +x {0}`?", name)
                : fmt::format("there is no program '{}' in {}", name, working_directory.string());
        return {};
    }
    for (std::size_t begin = 0; begin <= search_path.size();) {
        const std::size_t end = std::min(search_path.find(':', begin), search_path.size());
        const std::string folder = search_path.substr(begin, end - begin);
        std::filesystem::path file = working_directory / folder / name;
        if (is_program(file)) return file;
        begin = end + 1;
    }
    problem = fmt::format("there is no program '{}' on the PATH; install it, or give its path", name);
    return {};
}

std::string interpreter_problem(const std::filesystem::path& script) {
    constexpr std::size_t kLongestLine = 255;  // BINPRM_BUF_SIZE, execve(2)
    std::string line(kLongestLine, '\0');
    std::ifstream in(script, std::ios::binary);
    in.read(line.data(), static_cast<std::streamsize>(line.size()));
    line.resize(static_cast<std::size_t>(in.gcount()));
    line.resize(std::min(line.find('\n'), line.size()));
    if (!line.starts_with("#!")) return {};
    const bool has_windows_end = line.ends_with('\r');
    if (has_windows_end) line.pop_back();
    const std::size_t begin = line.find_first_not_of(" \t", 2);
    if (begin == std::string::npos) return {};
    const std::string interpreter = line.substr(begin, line.find_first_of(" \t", begin) - begin);
    if (has_windows_end) {
        return fmt::format(
            "'{0}' begins with '#!{1}' and a Windows line end, which Linux takes for part of the name; "
            "remove it: sed -i 's/\\r$//' {0}",
            script.string(), interpreter);
    }
    if (is_program(interpreter)) return {};
    return fmt::format(
        "'{}' begins with '#!{}', and there is no such program; install it, or change the line",
        script.string(), interpreter);
}

}  // namespace tidemark::sweep
