#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

#include "base/files.hpp"

namespace tidemark::data {

/// An entry of an archive that a test makes, which may be one that no honest archive has.
struct Entry {
    std::string path;
    std::string content;
    std::string link{};       ///< what a symbolic link points to
    std::string hard_link{};  ///< what a hard link is to
};

/// A .tar.gz with these entries, as its bytes. `scratch` is where it may be written.
inline std::string tar_gz(const std::filesystem::path& scratch, const std::vector<Entry>& entries) {
    const std::filesystem::path file = scratch / "made.tar.gz";
    archive* out = archive_write_new();
    archive_write_add_filter_gzip(out);
    archive_write_set_format_pax_restricted(out);
    archive_write_open_filename(out, file.c_str());
    for (const Entry& one : entries) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, one.path.c_str());
        archive_entry_set_perm(entry, 0644);
        if (!one.link.empty()) {
            archive_entry_set_filetype(entry, AE_IFLNK);
            archive_entry_set_symlink(entry, one.link.c_str());
        } else if (!one.hard_link.empty()) {
            archive_entry_set_filetype(entry, AE_IFREG);
            archive_entry_set_hardlink(entry, one.hard_link.c_str());
        } else if (one.path.ends_with('/')) {
            archive_entry_set_filetype(entry, AE_IFDIR);
        } else {
            archive_entry_set_filetype(entry, AE_IFREG);
            archive_entry_set_size(entry, static_cast<la_int64_t>(one.content.size()));
        }
        archive_write_header(out, entry);
        archive_write_data(out, one.content.data(), one.content.size());
        archive_entry_free(entry);
    }
    archive_write_free(out);
    std::string bytes = read_file(file).value();
    std::filesystem::remove(file);
    return bytes;
}

/// A .gz of one content.
inline std::string gz(const std::filesystem::path& scratch, const std::string& content) {
    const std::filesystem::path file = scratch / "made.gz";
    archive* out = archive_write_new();
    archive_write_add_filter_gzip(out);
    archive_write_set_format_raw(out);
    archive_write_open_filename(out, file.c_str());
    archive_entry* entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(out, entry);
    archive_write_data(out, content.data(), content.size());
    archive_entry_free(entry);
    archive_write_free(out);
    std::string bytes = read_file(file).value();
    std::filesystem::remove(file);
    return bytes;
}

}  // namespace tidemark::data
