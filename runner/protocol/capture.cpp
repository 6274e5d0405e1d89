#include "protocol/capture.hpp"

#include <nlohmann/json.hpp>

#include "base/enum_names.hpp"
#include "protocol/result_columns.hpp"

namespace tidemark::protocol {
namespace {

constexpr EnumNames<CaptureSource, 5> kSources{{{CaptureSource::Stdout, "stdout"},
                                                {CaptureSource::Stderr, "stderr"},
                                                {CaptureSource::Json, "json"},
                                                {CaptureSource::Csv, "csv"},
                                                {CaptureSource::Events, "events"}}};
constexpr EnumNames<CaptureTake, 6> kTakes{{{CaptureTake::First, "first"},
                                            {CaptureTake::Last, "last"},
                                            {CaptureTake::Each, "each"},
                                            {CaptureTake::Min, "min"},
                                            {CaptureTake::Median, "median"},
                                            {CaptureTake::Mean, "mean"}}};

}  // namespace

nlohmann::ordered_json to_json(const Capture& capture) {
    return {
        {"metric", capture.metric}, {"source", to_text(capture.source)},     {"what", capture.what},
        {"file", capture.file},     {"take", name_of(kTakes, capture.take)}, {"epoch", capture.epoch},
        {"factor", capture.factor}, {"unit", to_text(capture.unit)},         {"required", capture.required}};
}

Capture capture_from_json(const nlohmann::ordered_json& in) {
    Capture capture;
    in.at("metric").get_to(capture.metric);
    capture.source = enum_of(kSources, in.at("source").get<std::string>());
    in.at("what").get_to(capture.what);
    in.at("file").get_to(capture.file);
    capture.take = enum_of(kTakes, in.at("take").get<std::string>());
    in.at("epoch").get_to(capture.epoch);
    in.at("factor").get_to(capture.factor);
    capture.unit = unit_from_text(in.at("unit").get<std::string>());
    in.at("required").get_to(capture.required);
    return capture;
}

bool is_statistic(CaptureTake take) {
    return take == CaptureTake::Min || take == CaptureTake::Median || take == CaptureTake::Mean;
}

bool is_share_by_name(const Capture& capture) {
    return capture.unit == Unit::None && unit_of(capture.metric) == Unit::Fraction;
}

std::string_view to_text(CaptureSource source) {
    return name_of(kSources, source);
}

}  // namespace tidemark::protocol
