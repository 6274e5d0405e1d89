#pragma once

#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace tidemark::trainer {

/// What is wrong with one file or image, or worth a word.
struct Finding {
    std::string where;  ///< the file, or the image by its number, relative to the folder
    std::string what;
};

/// What one part of a data set holds: train or test.
struct PartFindings {
    std::string name;
    std::vector<std::string> class_names;
    std::vector<std::int64_t> counts;  ///< of each class, what can be read
    std::string sizes{};               ///< "32 × 32", "20 × 30 to 40 × 50"
};

struct DataFindings {
    std::string title;  ///< "a folder of images"
    std::vector<PartFindings> parts;
    std::vector<Finding> problems;    ///< what cannot be trained with
    std::vector<Finding> duplicates;  ///< each is the same as one that comes before it
    std::vector<Finding> notes;
    bool is_fine() const { return problems.empty() && duplicates.empty(); }
};

/// Reads every image of the data set in the folder, of whatever kind that is. Throws std::runtime_error where
/// there is none that is known.
DataFindings check_data(const std::filesystem::path& folder);

void print_findings(const DataFindings& findings, std::ostream& out);
/// The files to leave out, one a line; of images within files their numbers.
void print_what_to_leave_out(const DataFindings& findings, std::ostream& out);

}  // namespace tidemark::trainer
