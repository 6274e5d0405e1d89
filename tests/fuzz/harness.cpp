#include "harness.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <system_error>
#include <unistd.h>

namespace tidemark::fuzz {
namespace {

class Scratch {
  public:
    Scratch() {
        std::error_code error;
        const bool in_memory = std::filesystem::is_directory("/dev/shm", error);
        std::string name =
            ((in_memory ? "/dev/shm" : std::filesystem::temp_directory_path()) / "tidemark-fuzz-XXXXXX")
                .string();
        must(mkdtemp(name.data()) != nullptr, "a folder to write into");
        path_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace

const std::filesystem::path& scratch() {
    static const Scratch folder;
    return folder.path();
}

void write(const std::filesystem::path& file, std::string_view content) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    must(out.flush().good(), "a file that can be written");
}

std::vector<std::pair<std::string, std::string>> parts_of(std::string_view input) {
    constexpr std::string_view kBefore = "--- ";
    constexpr std::string_view kBehind = " ---\n";
    std::vector<std::pair<std::string, std::string>> parts;
    parts.emplace_back();
    while (!input.empty()) {
        const std::size_t end = std::min(input.find('\n'), input.size() - 1);
        const std::string_view line = input.substr(0, end + 1);
        if (line.size() > kBefore.size() + kBehind.size() && line.starts_with(kBefore) &&
            line.ends_with(kBehind))
            parts.emplace_back(line.substr(kBefore.size(), line.size() - kBefore.size() - kBehind.size()),
                               "");
        else
            parts.back().second += line;
        input.remove_prefix(line.size());
    }
    return parts;
}

void must(bool holds, std::string_view what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

}  // namespace tidemark::fuzz
