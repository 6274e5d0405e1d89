#include "data/unpack.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPackedFile = ".gz";
constexpr std::string_view kPackedFolder = ".tar.gz";

class Unpacking {
  public:
    Unpacking(const fs::path& path, std::string name, fs::path into)
        : name_(std::move(name)), into_(std::move(into)), archive_(archive_read_new(), archive_read_free) {
        constexpr std::size_t kBlock = std::size_t{1} << 16;
        is_folder_ = name_.ends_with(kPackedFolder);
        archive_read_support_filter_gzip(archive_.get());
        if (is_folder_)
            archive_read_support_format_tar(archive_.get());
        else
            archive_read_support_format_raw(archive_.get());
        if (archive_read_open_filename(archive_.get(), path.c_str(), kBlock) != ARCHIVE_OK) refuse();
    }

    void all() {
        archive_entry* entry = nullptr;
        int result = ARCHIVE_OK;
        while ((result = archive_read_next_header(archive_.get(), &entry)) == ARCHIVE_OK) take(entry);
        if (result != ARCHIVE_EOF) refuse();
    }

  private:
    void take(archive_entry* entry) {
        const fs::path path = path_of(entry);
        const auto type = archive_entry_filetype(entry);
        const bool is_link = archive_entry_hardlink(entry) != nullptr;
        if (is_folder_ && (is_link || (type != AE_IFREG && type != AE_IFDIR))) {
            throw CannotGoOn(
                fmt::format("{} holds '{}', which is neither a file nor a folder; nothing of it "
                            "was taken",
                            name_, path.string()));
        }
        if (is_folder_ && type == AE_IFDIR) {
            make_folder(into_ / path);
        } else {
            make_folder((into_ / path).parent_path());
            write(into_ / path);
        }
    }

    /// Below `into_`, whatever the archive says.
    fs::path path_of(archive_entry* entry) const {
        if (!is_folder_) return name_.substr(0, name_.size() - kPackedFile.size());
        const char* told = archive_entry_pathname(entry);
        fs::path path(told == nullptr ? "" : told);
        const bool climbs = std::ranges::find(path, fs::path("..")) != path.end();
        if (path.empty() || path.is_absolute() || climbs) {
            throw CannotGoOn(
                fmt::format("{} holds '{}', which leads out of the folder that it is unpacked into; "
                            "nothing of it was taken",
                            name_, path.string()));
        }
        return path;
    }

    static void make_folder(const fs::path& folder) {
        std::error_code error;
        fs::create_directories(folder, error);
        if (error) throw CannotGoOn(fmt::format("cannot make {}: {}", folder.string(), error.message()));
    }

    void write(const fs::path& file) {
        const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (descriptor < 0)
            throw CannotGoOn(fmt::format("cannot write {}: {}", file.string(), errno_text(errno)));
        const int result = archive_read_data_into_fd(archive_.get(), descriptor);
        const bool closed = close(descriptor) == 0;
        if (result != ARCHIVE_OK) refuse();
        if (!closed) throw CannotGoOn(fmt::format("cannot write {}: {}", file.string(), errno_text(errno)));
    }

    [[noreturn]] void refuse() const {
        const char* reason = archive_error_string(archive_.get());
        throw CannotGoOn(
            fmt::format("cannot unpack {}: {}", name_, reason == nullptr ? "it is damaged" : reason));
    }

    std::string name_;
    fs::path into_;
    bool is_folder_ = false;
    std::unique_ptr<archive, int (*)(archive*)> archive_;
};

}  // namespace

void unpack(const fs::path& archive, const std::string& name, const fs::path& into) {
    Unpacking(archive, name, into).all();
}

}  // namespace tidemark::data
