#include "trainer/training/progress.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tidemark::trainer {
namespace {

using nlohmann::json;

/// With all their bits, and NaN as well, for which JSON has no number.
json exactly(double number) {
    return fmt::format("{}", number);
}

double number_from(const json& in) {
    return std::strtod(in.get<std::string>().c_str(), nullptr);
}

json share_to_json(const std::optional<double>& share) {
    return share ? exactly(*share) : json();
}

std::optional<double> share_from(const json& in) {
    return in.is_null() ? std::nullopt : std::optional(number_from(in));
}

json figures_to_json(const TestFigures& figures) {
    json by_class = json::array();
    for (const auto& share : figures.by_class) by_class.push_back(share_to_json(share));
    return {{"accuracy", exactly(figures.accuracy)},
            {"loss", exactly(figures.loss)},
            {"balanced_accuracy", exactly(figures.balanced_accuracy)},
            {"top5", share_to_json(figures.top5)},
            {"by_class", by_class}};
}

TestFigures figures_from(const json& in) {
    TestFigures out;
    out.accuracy = number_from(in.at("accuracy"));
    out.loss = number_from(in.at("loss"));
    out.balanced_accuracy = number_from(in.at("balanced_accuracy"));
    out.top5 = share_from(in.at("top5"));
    for (const json& share : in.at("by_class")) out.by_class.push_back(share_from(share));
    return out;
}

json record_to_json(const EpochRecord& record) {
    return {{"loss", exactly(record.loss)},
            {"tested", figures_to_json(record.tested)},
            {"validated", record.validated ? figures_to_json(*record.validated) : json()},
            {"spent", exactly(record.spent.value)}};
}

EpochRecord record_from(const json& in) {
    EpochRecord out;
    out.loss = number_from(in.at("loss"));
    out.tested = figures_from(in.at("tested"));
    if (!in.at("validated").is_null()) out.validated = figures_from(in.at("validated"));
    out.spent = Seconds{number_from(in.at("spent"))};
    return out;
}

}  // namespace

json to_json(const Progress& progress) {
    json epochs = json::array();
    for (const EpochRecord& record : progress.epochs) epochs.push_back(record_to_json(record));
    return {{"epoch", progress.epoch},
            {"batches", progress.sums.batches},
            {"images_of_epoch", progress.sums.images},
            {"steps_of_epoch", progress.sums.optimizer_steps},
            {"loss_of_epoch", exactly(progress.sums.loss)},
            {"spent", exactly(progress.spent.value)},
            {"epochs", epochs},
            {"best_epoch", progress.best_epoch},
            {"images", progress.images},
            {"optimizer_steps", progress.optimizer_steps},
            {"scale", exactly(progress.scaler.scale)},
            {"good_steps", progress.scaler.good_steps},
            {"skipped_steps", progress.scaler.skipped},
            {"steps_of_parameters", progress.steps_of_parameters},
            {"told", progress.told}};
}

Progress progress_from_json(const json& in) {
    Progress out;
    in.at("epoch").get_to(out.epoch);
    in.at("batches").get_to(out.sums.batches);
    in.at("images_of_epoch").get_to(out.sums.images);
    in.at("steps_of_epoch").get_to(out.sums.optimizer_steps);
    out.sums.loss = number_from(in.at("loss_of_epoch"));
    out.spent = Seconds{number_from(in.at("spent"))};
    for (const json& record : in.at("epochs")) out.epochs.push_back(record_from(record));
    in.at("best_epoch").get_to(out.best_epoch);
    in.at("images").get_to(out.images);
    in.at("optimizer_steps").get_to(out.optimizer_steps);
    out.scaler.scale = number_from(in.at("scale"));
    in.at("good_steps").get_to(out.scaler.good_steps);
    in.at("skipped_steps").get_to(out.scaler.skipped);
    in.at("steps_of_parameters").get_to(out.steps_of_parameters);
    in.at("told").get_to(out.told);
    return out;
}

}  // namespace tidemark::trainer
