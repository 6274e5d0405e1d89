#include "run/disturbances.hpp"

#include <vector>

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

TEST(Disturbances, ALackOfMemoryIsTold) {
    protocol::Measurement measured;
    measured.surroundings = {10, 0, 0, 0.5, 0.0};
    EXPECT_THAT(disturbances(measured, {}),
                ElementsAre("programs waited for memory for 500 ms of 10.0 s meanwhile: times may be longer, "
                            "and peaks lower, than with enough of it"));
}

TEST(Disturbances, CpusOfChangingSpeedAreTold) {
    protocol::Measurement measured;
    measured.surroundings.observed_s = 10;
    measured.surroundings.speed_spread = 0.06;
    EXPECT_THAT(disturbances(measured, {}), IsEmpty()) << "as on a machine that is left alone";
    measured.surroundings.speed_spread = 0.55;
    EXPECT_THAT(disturbances(measured, {}),
                ElementsAre("the speed of the CPUs was spread by 55 % meanwhile (the same short calculation "
                            "took so much longer at times): times scatter as much"));
}

struct DisturbedCase {
    protocol::Surroundings around;
    double throttled_s;
    bool limit_reached;
    bool times, memory;
};

TEST(DisturbedFigures, AreThoseThatSomethingElseHadAPartIn) {
    for (const DisturbedCase& one :
         std::vector<DisturbedCase>{{{10, 0, 0, 0.0, 0.05}, 0, false, false, false},
                                    {{10, 0, 0, 0.0, 0.8}, 0, false, true, false},
                                    {{10, 0, 0, 0.0, 0.0, 0.5}, 0, false, true, false},
                                    {{10, 4096, 0, 0.0, 0.0}, 0, false, true, false},
                                    {{10, 0, 4096, 0.0, 0.0}, 0, false, true, true},
                                    {{10, 0, 0, 0.5, 0.0}, 0, false, true, true},
                                    {{10, 0, 0, 0.0, 0.0}, 2, false, true, false},
                                    {{10, 0, 0, 0.0, 0.0}, 0, true, false, true}}) {
        protocol::Measurement measured;
        measured.surroundings = one.around;
        measured.throttled_s = one.throttled_s;
        measured.memory_limit_reached = one.limit_reached;
        const Disturbed found = stored_disturbances(protocol::to_json_text(measured));
        EXPECT_EQ(found.times, one.times) << *one.around.others_cpu_share;
        EXPECT_EQ(found.memory, one.memory) << *one.around.others_cpu_share;
        EXPECT_EQ(found.times || found.memory, !disturbances(measured, {}).empty())
            << "each is told in a warning";
    }
    EXPECT_FALSE(stored_disturbances("no measurement").times);
}

}  // namespace
}  // namespace tidemark::run
