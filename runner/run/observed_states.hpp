#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "run/observation.hpp"

namespace tidemark::run {

class FileWatch;
struct Seen;

/// Knows how what runs read below a folder is now. A file is read once for all who ask, as long as it looks
/// the same.
class ObservedStates {
  public:
    ObservedStates(std::filesystem::path folder, LeftOut left_out);

    const std::filesystem::path& folder() const { return folder_; }
    const LeftOut& left_out() const { return left_out_; }

    /// What was seen of a run, as it is now.
    ///
    /// A file counts by its content, a large one by size and time, and so does each of very many in one
    /// folder. What the run wrote is no input, but for a program that it had read before: that was changed
    /// meanwhile, most often by its author, and is not as it was. `__pycache__/x.cpython-311.pyc` stands for
    /// `x.py`. A folder that was listed counts by the names of the files that end as one does that was read
    /// there, so that an added image is noticed and a log is not; not by those of programs (.py, .so), for
    /// Python lists each folder that it looks for modules in. One in which nothing was read counts by all
    /// names, unless it is the working directory, the sweep's folder or one with Python's modules below it.
    Observation observation(const Seen& seen, const FileWatch& watch,
                            const std::filesystem::path& working_directory);

    /// How it is not as it was: "helper.py changed", "helper.py is gone", "data/9.png is new"; nothing where
    /// it is. Names in `outputs`, which runs of the sweep wrote, make no difference.
    std::optional<std::string> change(const ObservedFile& file, const std::set<std::string>& outputs);

  private:
    struct Known {
        std::int64_t size = 0;
        std::int64_t changed_ns = 0;
        Digest content;
    };

    std::vector<ObservedFile> files_of(const std::string& folder, const std::vector<std::string>& names);
    std::optional<ObservedFile> file_now(const std::string& path, bool by_stamp);
    std::optional<Digest> content_of(const std::string& path);
    std::optional<std::string> change_of(const ObservedFile& file, const std::set<std::string>& outputs);
    std::set<std::string> names_in(const std::string& folder, const std::set<std::string>& endings) const;
    ObservedFile names_now(const std::string& folder, const std::set<std::string>& endings,
                           const std::set<std::string>& outputs) const;
    ObservedFile stamps_now(const std::string& folder, const std::set<std::string>& endings,
                            const std::set<std::string>& outputs) const;
    std::optional<std::string> change_of_names(const ObservedFile& folder,
                                               const std::set<std::string>& outputs) const;
    std::string source_of(const std::string& path) const;

    std::filesystem::path folder_;
    LeftOut left_out_;
    std::map<std::string, Known> known_;
};

/// Whether the path, or a folder that it lies in, is one of these.
bool is_below_any(const std::set<std::string>& paths, std::string_view path);

}  // namespace tidemark::run
