#include "run/machine.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/cpu_slots.hpp"

namespace tidemark::run {
namespace {

TEST(Machine, IsDescribedForTheReaderOfAResult) {
    std::map<std::string, Value> facts;
    for (const auto& [name, value] : describe_machine()) facts[name] = value;
    EXPECT_EQ(facts.at("cores"), Value(static_cast<std::int64_t>(usable_cpus().size())));
    EXPECT_GT(std::get<std::int64_t>(facts.at("memory_bytes")), 100 << 20);
    EXPECT_GT(std::get<std::int64_t>(facts.at("available_bytes")), 0);
    EXPECT_THAT(std::get<std::string>(facts.at("kernel")), testing::StartsWith("Linux "));
    EXPECT_THAT(std::get<std::string>(facts.at("cgroup")), testing::AnyOf("v1", "v2", "hybrid", "none"));
    for (const char* name : {"cpu", "swap_bytes", "system", "host"})
        EXPECT_TRUE(facts.contains(name)) << name;
}

}  // namespace
}  // namespace tidemark::run
