#include "warden/file_io.hpp"

#include <cstdlib>
#include <string>

#include "warden/small_files.hpp"

namespace tidemark::warden {

std::optional<std::int64_t> file_io(pid_t process) {
    const std::string text = "\n" + read_small_file("/proc/" + std::to_string(process) + "/io");
    std::int64_t sum = 0;
    for (const char* name : {"\nread_bytes: ", "\nwrite_bytes: ", "\nwchar: "}) {
        const std::size_t line = text.find(name);
        if (line == std::string::npos) return std::nullopt;
        sum += std::atoll(text.c_str() + line + std::char_traits<char>::length(name));
    }
    return sum;
}

}  // namespace tidemark::warden
