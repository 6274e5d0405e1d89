#include "trainer/checking/data_check.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/digest.hpp"
#include "trainer/checking/folder_check.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/subset.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

/// By which entry of its folder a data set is known.
constexpr std::pair<const char*, const char*> kMarks[] = {{"cifar-10-batches-bin", "cifar10"},
                                                          {"cifar-100-binary", "cifar100"},
                                                          {"mnist", "mnist"},
                                                          {"MNIST/raw", "mnist"},
                                                          {"fashion-mnist", "fashion-mnist"},
                                                          {"FashionMNIST/raw", "fashion-mnist"},
                                                          {"train-images-idx3-ubyte", "idx"},
                                                          {"train-images-idx3-ubyte.gz", "idx"}};

std::optional<std::string> kind_in(const fs::path& folder) {
    std::error_code ignored;
    for (const auto& [mark, name] : kMarks)
        if (fs::exists(folder / mark, ignored)) return name;
    return std::nullopt;
}

/// Images within large files.
class ImagesCheck {
  public:
    ImagesCheck(std::string kind, const fs::path& folder) : kind_(std::move(kind)), folder_(folder) {
        findings_.title = dataset_kind(kind_).title;
    }

    DataFindings run() {
        look_at(Split::Train, "train");
        look_at(Split::Test, "test");
        return std::move(findings_);
    }

  private:
    void look_at(Split split, const std::string& name) {
        std::unique_ptr<Dataset> data;
        try {
            Options options;
            options.dataset = kind_;
            options.data_dir = folder_.string();
            data = open_dataset(options, split);
        } catch (const std::runtime_error& error) {
            findings_.problems.push_back({name, error.what()});
            return;
        }
        const DataShape shape = data->shape();
        PartFindings part{name, data->class_names(), {}, fmt::format("{} × {}", shape.height, shape.width)};
        part.counts.resize(static_cast<std::size_t>(shape.classes));
        for (std::int64_t i = 0; i < data->size(); ++i) take(*data, i, part);
        for (const std::string& note : data->notes()) findings_.notes.push_back({name, note});
        findings_.parts.push_back(std::move(part));
    }

    void take(const Dataset& data, std::int64_t index, PartFindings& part) {
        const std::string where = fmt::format("{} image {}", part.name, index);
        Example example;
        try {
            data.read(index, example);
        } catch (const std::runtime_error& error) {
            findings_.problems.push_back({where, error.what()});
            return;
        }
        ++part.counts.at(static_cast<std::size_t>(example.label));
        const std::string_view pixels(reinterpret_cast<const char*>(example.pixels.data()),
                                      example.pixels.size());
        const auto [known, is_new] = seen_.try_emplace(digest_of(pixels), where);
        if (!is_new) findings_.duplicates.push_back({where, known->second});
    }

    std::string kind_;
    fs::path folder_;
    std::map<Digest, std::string> seen_;
    DataFindings findings_;
};

void print(const char* title, const std::vector<Finding>& findings, const char* between, std::ostream& out) {
    if (findings.empty()) return;
    fmt::print(out, "{} ({}):\n", title, findings.size());
    constexpr std::size_t kMost = 20;
    for (std::size_t i = 0; i < std::min(kMost, findings.size()); ++i)
        fmt::print(out, "  {}{}{}\n", findings[i].where, between, findings[i].what);
    if (findings.size() > kMost)
        fmt::print(out, "  and {} more; --fix list names all that is to be left out\n",
                   findings.size() - kMost);
}

}  // namespace

DataFindings check_data(const fs::path& folder) {
    std::error_code ignored;
    if (fs::is_directory(folder / "train", ignored)) return check_folder(folder);
    if (const auto kind = kind_in(folder)) return ImagesCheck(*kind, folder).run();
    throw std::runtime_error(
        fmt::format("{} holds no data set that is known: neither train/CLASS/ with images, nor IDX files, "
                    "nor a folder of CIFAR-10, "
                    "CIFAR-100, MNIST or Fashion-MNIST",
                    folder.string()));
}

void print_findings(const DataFindings& findings, std::ostream& out) {
    fmt::print(out, "{}\n", findings.title);
    for (const PartFindings& part : findings.parts) {
        std::int64_t images = 0;
        for (const std::int64_t count : part.counts) images += count;
        fmt::print(out, "{}: {} images of {}\n  {}\n", part.name, images, part.sizes,
                   describe_counts(part.counts, part.class_names));
    }
    print("Problems", findings.problems, ": ", out);
    print("Duplicates", findings.duplicates, " is the same as ", out);
    print("Notes", findings.notes, ": ", out);
    if (findings.is_fine()) fmt::print(out, "Every image can be read, and none is there twice.\n");
}

void print_what_to_leave_out(const DataFindings& findings, std::ostream& out) {
    for (const auto* list : {&findings.problems, &findings.duplicates})
        for (const Finding& one : *list) fmt::print(out, "{}\n", one.where);
}

}  // namespace tidemark::trainer
