#include "run/disturbances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Disturbances, ThereAreNoneOnAQuietMachine) {
    protocol::Measurement measured;
    measured.surroundings = {10, 0, 0, 0.0, 0.02};
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

TEST(Disturbances, WhatLivesOnIsNamed) {
    protocol::Measurement measured;
    measured.survivors = {{12, "/usr/bin/sleep", "frozen"}};
    EXPECT_THAT(
        disturbances(measured, {}),
        ElementsAre("1 process of it could not be killed and lives on: 12 (/usr/bin/sleep, frozen by a "
                    "cgroup)"));
    measured.survivors = {{1, "a\n", "D"}, {2, "b", "D"}, {3, "c", "D"},
                          {4, "d", "D"},   {5, "e", "D"}, {6, "f", "D"}};
    EXPECT_THAT(
        disturbances(measured, {}),
        ElementsAre("6 processes of it could not be killed and live on: 1 (a\\n, state D), 2 (b, state "
                    "D), 3 (c, state D), 4 (d, state D), 5 (e, state D) and 1 more"));
}

TEST(Disturbances, LostRightsAndLostCpuTimeAreTold) {
    protocol::Measurement measured;
    measured.lost_rights = {"/usr/bin/sudo"};
    measured.cpu_time_is_low = true;
    EXPECT_THAT(
        disturbances(measured, {}),
        ElementsAre(
            "/usr/bin/sudo got none of its set-user-ID, set-group-ID or file capability rights, because "
            "the run was measured by exit stops (ptrace): make it with --memory-method sampled",
            "its CPU time is a lower bound: a process of it ignored SIGCHLD, and without a cgroup nobody "
            "knows what children used that the kernel reaped itself"));
}

TEST(Disturbances, SwappingThrottlingAndOtherProgramsAreTold) {
    protocol::Measurement measured;
    measured.surroundings = {10, 4096, 1 << 20, 0.0, 0.35};
    measured.throttled_s = 2.0;
    EXPECT_THAT(
        disturbances(measured, {}),
        ElementsAre(
            "the machine swapped meanwhile (4.00 KiB in, 1.00 MiB out): times are longer than with "
            "enough memory",
            "a CPU quota held it back for 2.0 s of 10.0 s",
            "other programs took 35 % of the machine's CPU time meanwhile: times may be longer than its "
            "own"));
    measured.surroundings = {0.2, 0, 0, 0.0, 0.9};
    measured.throttled_s = 0.0;
    EXPECT_THAT(disturbances(measured, {}), IsEmpty()) << "too short to tell";
}

}  // namespace
}  // namespace tidemark::run
