#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <stdlib.h>
#include <sys/wait.h>

#include "base/files.hpp"
#include "protocol/event.hpp"
#include "support/places.hpp"
#include "trainer/datasets/cifar.hpp"

namespace tidemark::trainer {

/// A folder of its own for one test, removed with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "tidemark-trainer-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder: " + name);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// The events of an event file, in order; lines that are none are an error.
inline std::vector<protocol::Event> read_events(const std::filesystem::path& file) {
    std::vector<protocol::Event> events;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        std::string problem;
        const auto event = protocol::parse_event(line, &problem);
        if (!event) throw std::runtime_error(line + ": " + problem);
        events.push_back(*event);
    }
    return events;
}

/// The values of a metric, in the order of their events.
inline std::vector<double> series(const std::vector<protocol::Event>& events, const std::string& name) {
    std::vector<double> values;
    for (const auto& event : events) {
        const auto* metric = std::get_if<protocol::Metric>(&event.what);
        if (metric != nullptr && metric->name == name) values.push_back(metric->value);
    }
    return values;
}

/// The value of a fact about the run; null where it was not told.
inline Value fact(const std::vector<protocol::Event>& events, const std::string& name) {
    for (const auto& event : events) {
        const auto* info = std::get_if<protocol::Info>(&event.what);
        if (info != nullptr && info->name == name) return info->value;
    }
    return {};
}

/// Where the real CIFAR-10 lies, if anywhere: TIDEMARK_TEST_DATA, else shared/data beside the source tree.
inline std::filesystem::path real_data() {
    const char* told = std::getenv("TIDEMARK_TEST_DATA");
    return told != nullptr ? std::filesystem::path(told)
                           : std::filesystem::path(test::source_dir()) / "../shared/data";
}

/// Skips the test, and says why, where the real CIFAR-10 is not there.
#define TIDEMARK_NEEDS_REAL_DATA()                                                              \
    if (!std::filesystem::exists(real_data() / "cifar-10-batches-bin"))                         \
    GTEST_SKIP() << "needs the real CIFAR-10: set TIDEMARK_TEST_DATA to the folder that holds " \
                    "cifar-10-batches-bin/; it is not in "                                      \
                 << real_data()

/// Values of an image of the default shape.
inline constexpr std::int64_t kPixels = 3 * 32 * 32;

/// Image number i has the label i % 10 and every pixel i % 256.
class NumberedImages : public Dataset {
  public:
    explicit NumberedImages(std::int64_t size) : size_(size) {}
    std::int64_t size() const override { return size_; }
    DataShape shape() const override { return {}; }
    Normalisation normalisation() const override { return cifar10_normalisation(); }
    void read(std::int64_t index, Example& example) const override {
        example.label = index % 10;
        example.pixels.assign(kPixels, static_cast<std::uint8_t>(index % 256));
    }

  private:
    std::int64_t size_;
};

}  // namespace tidemark::trainer
