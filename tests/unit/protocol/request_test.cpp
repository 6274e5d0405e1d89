#include "protocol/request.hpp"

#include <stdexcept>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidemark::protocol {
namespace {

TEST(Request, SurvivesTheRoundTripWithTheOrderOfItsParameters) {
    Request request;
    request.run_id = "20260123-140509-9f3c2a7be1d0";
    request.sweep = "quickstart";
    request.run = "model=h2q,lr=0.001";
    request.parameters = {
        {"model", std::string("h2q")}, {"lr", 1e-3}, {"drop_last", true}, {"augment", Value()}};
    request.command = {"tidemark-train", "", "二"};
    request.environment = {{"OMP_NUM_THREADS", "2"}};
    request.limits = {.memory = Bytes{1024},
                      .swap = Bytes{0},
                      .pids = 7,
                      .wall = Seconds{1.5},
                      .cpu_time = Seconds{2.5},
                      .cpus = 2,
                      .enforcement = Enforcement::BestEffort};
    request.heap_layout = HeapLayout::Varied;
    request.accept_exit = {0, 3};
    request.setup = {"make"};
    request.teardown = {"rm", "-f", "x"};
    request.warmup = 2;
    request.keep = {"model.pt", "*.csv"};
    request.capture = {
        {.metric = "accuracy", .what = "accuracy: (\\S+)", .factor = 0.01, .unit = Unit::Fraction},
        {.metric = "loss",
         .source = CaptureSource::Csv,
         .what = "val_loss",
         .file = "log.csv",
         .take = CaptureTake::Each,
         .epoch = "epoch",
         .required = false}};
    const Request back = request_from_json(to_json(request));
    EXPECT_EQ(back.parameters, request.parameters);
    EXPECT_EQ(back.command, request.command);
    EXPECT_EQ(back.limits, request.limits);
    EXPECT_EQ(back.heap_layout, HeapLayout::Varied);
    EXPECT_EQ(back.warmup, 2);
    EXPECT_EQ(back.keep, request.keep);
    EXPECT_EQ(back.capture.back().take, CaptureTake::Each);
    EXPECT_EQ(to_json(back).dump(), to_json(request).dump());
}

TEST(Request, OfAnEarlierVersionHasNothingAroundItsProgram) {
    nlohmann::ordered_json old = to_json(Request{});
    for (const char* key : {"accept_exit", "heap_layout", "setup", "teardown", "warmup", "capture"})
        old.erase(key);
    EXPECT_EQ(to_json(request_from_json(old)).dump(), to_json(Request{}).dump());
}

TEST(Request, RefusesWhatIsNotOne) {
    EXPECT_THROW(request_from_json(nlohmann::ordered_json::parse("{}")), std::invalid_argument);
    nlohmann::ordered_json unknown = to_json(Request{});
    unknown["heap_layout"] = "shuffled";
    EXPECT_THROW(request_from_json(unknown), std::invalid_argument);
}

}  // namespace
}  // namespace tidemark::protocol
