// Preloaded: the folder that TIDEMARK_UNREADABLE names cannot be read to its end, as on a damaged disk. One
// entry is given before that; `.` and `..`, which file systems have in any place, are none.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include <dirent.h>
#include <dlfcn.h>
#include <unistd.h>

#include <climits>

namespace {

constexpr int kGiven = 1;

std::mutex mutex;
std::map<DIR*, int>& given() {
    static std::map<DIR*, int> counts;
    return counts;
}

bool is_the_folder(DIR* folder) {
    const char* named = std::getenv("TIDEMARK_UNREADABLE");
    if (named == nullptr) return false;
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd(folder));
    char path[PATH_MAX + 1] = "";
    char wanted[PATH_MAX + 1] = "";
    if (readlink(link, path, PATH_MAX) <= 0 || realpath(named, wanted) == nullptr) return false;
    return std::strcmp(path, wanted) == 0;
}

bool is_own_name(const char* name) {
    return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0;
}

/// Whether reading fails instead of giving the entry of that name.
bool fails(DIR* folder, const char* name) {
    const int reason = errno;
    const bool is_wanted = !is_own_name(name) && is_the_folder(folder);
    errno = reason;
    if (!is_wanted) return false;
    const std::lock_guard<std::mutex> lock(mutex);
    if (given()[folder]++ < kGiven) return false;
    errno = EIO;
    return true;
}

template <typename Function>
Function real(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

template <typename Entry>
Entry* read_from(Entry* (*read)(DIR*), DIR* folder) {
    Entry* const entry = read(folder);
    return entry == nullptr || fails(folder, entry->d_name) ? nullptr : entry;
}

}  // namespace

extern "C" {

dirent* readdir(DIR* folder) {
    return read_from(real<dirent* (*)(DIR*)>("readdir"), folder);
}
dirent64* readdir64(DIR* folder) {
    return read_from(real<dirent64* (*)(DIR*)>("readdir64"), folder);
}
int closedir(DIR* folder) {
    {
        const std::lock_guard<std::mutex> lock(mutex);
        given().erase(folder);
    }
    return real<decltype(&closedir)>("closedir")(folder);
}
}
