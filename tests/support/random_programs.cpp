#include "support/random_programs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "run/outcome.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

constexpr std::size_t kFileBytes = std::size_t{64} << 20;

std::string random_program() {
    return test::binary_dir() + "/tests/programs/random-program";
}

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

/// A file of 64 MiB whose every page is there.
std::string made_file(std::string path) {
    const int file = mkstemp(path.data());
    if (file < 0) fail(path);
    const std::string block(std::size_t{1} << 20, 'x');
    for (std::size_t at = 0; at < kFileBytes; at += block.size()) {
        if (write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size())) fail(path);
    }
    // the programs may be another user's
    if (fchmod(file, 0666) != 0) fail(path);
    fdatasync(file);
    close(file);
    return path;
}

/// Until this process ends.
void hold_in_memory(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file < 0 || fstat(file, &status) != 0) fail(path);
    const auto bytes = static_cast<std::size_t>(status.st_size);
    void* memory = mmap(nullptr, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (memory == MAP_FAILED || mlock(memory, bytes) != 0) fail(path);
    close(file);
}

}  // namespace

std::vector<std::string> RandomProgram::options() const {
    std::vector<std::string> words{std::to_string(seed)};
    if (maps_once)
        words.insert(words.end(), {"--steps-mapping-once", std::to_string(steps)});
    else if (steps != 0)
        words.insert(words.end(), {"--steps", std::to_string(steps)});
    if (!left_out.empty()) words.insert(words.end(), {"--skip", fmt::format("{}", fmt::join(left_out, ","))});
    return words;
}

std::string RandomProgram::text() const {
    return fmt::format("random-program {}", fmt::join(options(), " "));
}

RandomPrograms::RandomPrograms()
    : file_(made_file((std::filesystem::temp_directory_path() / "tidemark-random-XXXXXX").string())),
      tmpfs_file_(made_file("/dev/shm/tidemark-random-XXXXXX")) {
    for (const std::string& path : {file_, tmpfs_file_, random_program()}) hold_in_memory(path);
    fix_address_layout();
}

RandomPrograms::~RandomPrograms() {
    // another user may not remove them from a folder with the sticky bit
    if (geteuid() != 0) seteuid(0);
    std::error_code error;
    std::filesystem::remove(file_, error);
    std::filesystem::remove(tmpfs_file_, error);
}

void RandomPrograms::become_user(unsigned user) {
    // the saved user stays root, for the end; what is executed does not get it, because execve copies the
    // effective one
    if (setgroups(0, nullptr) != 0 || setresgid(user, user, 0) != 0 || setresuid(user, user, 0) != 0)
        fail("setresuid");
    prctl(PR_SET_DUMPABLE, 1);
}

std::vector<std::string> RandomPrograms::command(const RandomProgram& program) {
    if (!folder_) folder_ = std::make_unique<Workspace>();
    std::vector<std::string> words = program.options();
    words.insert(words.begin(), random_program());
    words.insert(words.end(),
                 {"--file", file_, "--tmpfs-file", tmpfs_file_, "--folder", folder_->path().string()});
    return words;
}

Truth RandomPrograms::truth(const RandomProgram& program, int runs) {
    Truth truth;
    for (int i = 0; i < runs; ++i) {
        const Observed observed = observer_.observe(command(program));
        if (!observed.ended_well)
            throw std::runtime_error(program.text() + " does not end well where it is counted");
        const std::int64_t peak = observed.peak();
        truth.least = i == 0 ? peak : std::min(truth.least, peak);
        truth.most = std::max(truth.most, peak);
        truth.steps = static_cast<int>(observed.counts.size()) - 1;
    }
    return truth;
}

Said RandomPrograms::measure(const RandomProgram& program, const std::string& method) {
    OneRun& run = runs_.try_emplace(method, method).first->second;
    const run::Record record = run.make(command(program));
    const std::filesystem::path directory = run.directory(record.request.run_id);
    Said said;
    said.status = run::status(record.outcome);
    said.low = record.measurement.peak_rss_low_bytes;
    said.high = record.measurement.peak_rss_high_bytes;
    said.method = record.measurement.memory_method;
    // as text, so that wardens from before there was such a member are understood: they call all of it
    // certain
    const std::string text = run.folder.read(record.request.run_id + "/measurement.json");
    const std::size_t at = text.find("\"peak_bounds_from\"");
    said.is_proven =
        at == std::string::npos || text.compare(text.find('"', text.find(':', at)), 9, "\"samples\"") != 0;
    std::filesystem::remove_all(directory);
    return said;
}

}  // namespace tidemark::test
