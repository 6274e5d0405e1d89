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
    const Request back = request_from_json(to_json(request));
    EXPECT_EQ(back.parameters, request.parameters);
    EXPECT_EQ(back.command, request.command);
    EXPECT_EQ(back.limits, request.limits);
    EXPECT_EQ(to_json(back).dump(), to_json(request).dump());
}

TEST(Request, RefusesWhatIsNotOne) {
    EXPECT_THROW(request_from_json(nlohmann::ordered_json::parse("{}")), std::invalid_argument);
}

}  // namespace
}  // namespace tidemark::protocol
