#include "protocol/description.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidemark::protocol {
namespace {

ParameterDescription batch_size() {
    ParameterDescription parameter;
    parameter.name = "batch_size";
    parameter.type = ParameterType::Integer;
    parameter.default_value = std::int64_t{128};
    parameter.minimum = 1;
    parameter.maximum = 4096;
    return parameter;
}

TEST(Check, BringsValuesToTheParametersType) {
    EXPECT_EQ(check(batch_size(), Value(16.0)).value, Value(std::int64_t{16}));
    ParameterDescription lr;
    lr.type = ParameterType::Number;
    lr.default_value = 1e-3;
    EXPECT_EQ(check(lr, Value(std::int64_t{1})).value, Value(1.0));
}

TEST(Check, SaysTheRangeAndWhatWasGiven) {
    EXPECT_EQ(check(batch_size(), Value(std::int64_t{0})).problem,
              "must be an integer from 1 to 4096, not 0");
    EXPECT_EQ(check(batch_size(), Value(1.5)).problem, "must be an integer from 1 to 4096, not 1.5");
    EXPECT_EQ(check(batch_size(), Value(std::string("many"))).problem,
              "must be an integer from 1 to 4096, not 'many'");
    EXPECT_EQ(check(batch_size(), Value()).problem, "must have a value, not null");
}

TEST(Check, NamesTheChoicesAndTheNearest) {
    ParameterDescription model;
    model.type = ParameterType::Choice;
    model.choices = {"h2q", "baseline"};
    model.default_value = std::string("h2q");
    EXPECT_EQ(check(model, Value(std::string("baselin"))).problem,
              "must be one of h2q, baseline, not 'baselin' (did you mean 'baseline'?)");
}

TEST(WorkloadDescription, SurvivesTheRoundTrip) {
    WorkloadDescription description;
    description.workload = "train";
    description.program = "tidemark-train";
    description.build_id = "abc";
    description.parameters = {batch_size()};
    description.parameters[0].caveats["7"] = {"odd, they say", "odd"};
    description.parameters[0].needs["8"]["other"] = "say other";
    description.metrics = {{"accuracy", Unit::Fraction, "share of test images classified right", true}};
    description.models = {{"h2q", "H2Q", "what it is", 7, {{"depth"}, {"checkpointing", {"none", "stage"}}}},
                          {"other", "Other", "", {}, {}}};
    const auto back = description_from_json(to_json(description));
    EXPECT_EQ(to_json(back), to_json(description));
    EXPECT_EQ(back.parameter("batch_size")->maximum, 4096);
    EXPECT_EQ(back.metric("accuracy")->unit, Unit::Fraction);
    EXPECT_EQ(back.parameter("nothing"), nullptr);
}

TEST(WorkloadDescription, RefusesWhatIsNotOne) {
    EXPECT_THROW(description_from_json(nlohmann::json::parse(R"({"workload":"train"})")),
                 std::invalid_argument);
}

}  // namespace
}  // namespace tidemark::protocol
