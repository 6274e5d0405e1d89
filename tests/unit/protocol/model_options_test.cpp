#include "protocol/model_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::protocol {
namespace {

using testing::Eq;
using testing::Optional;

Value text(const char* value) {
    return std::string(value);
}

ParameterDescription parameter(const char* name, const char* default_value) {
    ParameterDescription description;
    description.name = name;
    description.default_value = text(default_value);
    return description;
}

WorkloadDescription workload() {
    WorkloadDescription description;
    description.models = {{"h2q", "", "", {}, {{"formulation"}, {"checkpointing"}}},
                          {"baseline", "", "", {}, {{"checkpointing"}}},
                          {"frozen", "", "", {}, {{"checkpointing", {"none", "stage"}}}},
                          {"mlp", "", "", {}, {}}};
    return description;
}

std::optional<std::string> misfit(const char* model, const ParameterDescription& of, const char* value) {
    return model_misfit(workload(), model, of, text(value));
}

const ParameterDescription kFormulation = parameter("formulation", "plain");
const ParameterDescription kCheckpointing = parameter("checkpointing", "none");

TEST(ModelMisfit, NamesTheModelsThatHaveTheOption) {
    EXPECT_THAT(misfit("baseline", kFormulation, "lean"),
                Optional(Eq("the model 'baseline' has no formulation; h2q has")));
    EXPECT_THAT(misfit("mlp", kCheckpointing, "stage"),
                Optional(Eq("the model 'mlp' has no checkpointing; h2q, baseline and frozen have")));
    EXPECT_EQ(misfit("h2q", kFormulation, "lean"), std::nullopt);
}

TEST(ModelMisfit, NamesTheValuesThatAModelHas) {
    EXPECT_THAT(misfit("frozen", kCheckpointing, "block"),
                Optional(Eq("the model 'frozen' has no checkpointing 'block', only none and stage")));
    EXPECT_EQ(misfit("frozen", kCheckpointing, "stage"), std::nullopt);
}

TEST(ModelMisfit, IsNoneForTheDefaultForNullAndForWhatShapesNoModel) {
    EXPECT_EQ(misfit("mlp", kCheckpointing, "none"), std::nullopt);
    EXPECT_EQ(model_misfit(workload(), "mlp", kCheckpointing, Value()), std::nullopt);
    EXPECT_EQ(misfit("mlp", parameter("optimizer", "adamw"), "sgd"), std::nullopt);
    EXPECT_EQ(model_misfit({}, "mlp", kCheckpointing, text("stage")), std::nullopt)
        << "the workload describes no models";
}

TEST(ModelMisfit, OfSeveralModelsOneMustTakeTheValue) {
    EXPECT_EQ(misfit("baseline+h2q", kFormulation, "lean"), std::nullopt);
    EXPECT_THAT(misfit("baseline+mlp", kFormulation, "lean"),
                Optional(Eq("the model 'baseline+mlp' has no formulation; h2q has")));
}

}  // namespace
}  // namespace tidemark::protocol
