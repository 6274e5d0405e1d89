#include "run/disturbances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Disturbances, ThereAreNoneOnAQuietMachine) {
    protocol::Measurement measured;
    measured.surroundings = {10, 0, 0, 0.0, 0.0, 0.02};
    measured.memory_limit_reached = false;
    EXPECT_THAT(disturbances(measured, {}), IsEmpty());
    EXPECT_THAT(disturbances({}, {}), IsEmpty()) << "nor where nothing is known";
}

TEST(Disturbances, LimitsThatWereNotEnforcedAreNamed) {
    protocol::Measurement measured;
    measured.unenforced = {{"memory", "no cgroup"}, {"pids", "no pids controller"}, {"swap", "not counted"}};
    protocol::Limits limits;
    limits.memory = Bytes{1 << 30};
    limits.pids = 50;
    EXPECT_THAT(disturbances(measured, limits),
                ElementsAre("the memory limit of 1.00 GiB was not enforced: no cgroup",
                            "the limit of 50 processes was not enforced: no pids controller",
                            "the swap limit was not enforced: not counted"));
}

TEST(Disturbances, APeakThatMayBeCutOffIsTold) {
    protocol::Measurement measured;
    measured.memory_limit_reached = true;
    protocol::Limits limits;
    limits.memory = Bytes{64 << 20};
    EXPECT_THAT(disturbances(measured, limits),
                ElementsAre("the memory limit of 64.0 MiB was reached: without it the peak may be higher"));
}

TEST(Disturbances, SwappingThrottlingAndOtherProgramsAreTold) {
    protocol::Measurement measured;
    measured.surroundings = {10, 4096, 1 << 20, 0.0, 2.0, 0.35};
    EXPECT_THAT(
        disturbances(measured, {}),
        ElementsAre(
            "the machine swapped meanwhile (4.00 KiB in, 1.00 MiB out): times are longer than with "
            "enough memory",
            "a CPU quota held it back for 2.0 s of 10.0 s",
            "other programs took 35 % of the machine's CPU time meanwhile: times may be longer than its "
            "own"));
    measured.surroundings = {0.2, 0, 0, 0.0, 0.0, 0.9};
    EXPECT_THAT(disturbances(measured, {}), IsEmpty()) << "too short to tell";
}

}  // namespace
}  // namespace tidemark::run
