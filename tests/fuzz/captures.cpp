// What a sweep file takes from logs, JSON and CSV files that a program has left. The part `captures` is a
// list as it stands in a request, the others are the program's logs and files.
#include <nlohmann/json.hpp>

#include "capture/capture.hpp"
#include "harness.hpp"

namespace {

using namespace tidemark;

std::vector<protocol::Capture> captures_of(const std::string& text) {
    std::vector<protocol::Capture> captures;
    try {
        for (const auto& item : nlohmann::ordered_json::parse(text))
            captures.push_back(protocol::capture_from_json(item));
    } catch (const nlohmann::json::exception&) {
    } catch (const std::invalid_argument&) {
    }
    for (protocol::Capture& capture : captures) {  // the reader of a sweep file lets no other through
        if (capture.source == protocol::CaptureSource::Json) capture.file = "file.json";
        if (capture.source == protocol::CaptureSource::Csv) capture.file = "file.csv";
    }
    return captures;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::filesystem::path folder = fuzz::scratch() / "left";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::vector<protocol::Capture> captures;
    for (const auto& [name, content] : fuzz::parts_of({reinterpret_cast<const char*>(data), size})) {
        if (name == "captures") captures = captures_of(content);
        for (const char* known : {"stdout.log", "stderr.log", "file.json", "file.csv"}) {
            if (name == known) fuzz::write(folder / known, content);
        }
    }
    const std::vector<protocol::Metric> told{{"loss", 1.5, 1}, {"accuracy", 0.5, {}}};
    const capture::Captured captured =
        capture::take(captures, {folder / "stdout.log", folder / "stderr.log", folder, 0, told});
    for (const protocol::Metric& metric : captured.metrics)
        fuzz::must(protocol::is_valid_name(metric.name), "a metric has the name of its capture");
    return 0;
}
