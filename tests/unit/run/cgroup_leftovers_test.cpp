#include "run/cgroup_leftovers.hpp"

#include <chrono>
#include <filesystem>

#include <unistd.h>

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

constexpr pid_t kNobody = 100'000'000;  // beyond the kernel's largest pid, 2^22

/// Folders in the place of cgroups.
class Leftovers : public testing::Test {
  protected:
    std::filesystem::path make(pid_t maker, std::chrono::minutes age) const {
        auto path = folder / ("tidemark-" + std::to_string(maker) + "-12.5");
        std::filesystem::create_directory(path);
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - age);
        return path;
    }

    /// A name that tells that its maker is gone.
    std::filesystem::path make_of_the_dead() const {
        const std::string own = warden::own_cgroup_name();
        auto path = folder / ("tidemark-" + std::to_string(kNobody) + "-12.5" + own.substr(own.find("-by-")));
        std::filesystem::create_directory(path);
        return path;
    }

    const test::Workspace folder;
    const std::vector<warden::CgroupParent> parents{{1, folder.path().string()}, {2, "/no/such/folder"}};
};

TEST_F(Leftovers, OfTheDeadAreRemovedOnceTheyAreOld) {
    const auto old = make(kNobody, std::chrono::minutes(5));
    const auto recent = make(kNobody + 1, std::chrono::minutes(0));
    const auto living = make(getpid(), std::chrono::minutes(5));
    std::filesystem::create_directory(folder / "user.slice");
    remove_stale_cgroups(parents);
    EXPECT_FALSE(std::filesystem::exists(old));
    EXPECT_TRUE(std::filesystem::exists(recent));
    EXPECT_TRUE(std::filesystem::exists(living));
    EXPECT_TRUE(std::filesystem::exists(folder / "user.slice"));
}

TEST_F(Leftovers, OfWhoIsSurelyGoneAreRemovedAtOnce) {
    const auto of_the_dead = make_of_the_dead();
    const auto own = folder / warden::own_cgroup_name();
    std::filesystem::create_directory(own);
    std::filesystem::create_directory(of_the_dead / "made-by-the-run");
    remove_stale_cgroups(parents);
    EXPECT_FALSE(std::filesystem::exists(of_the_dead));
    EXPECT_TRUE(std::filesystem::exists(own));
}

TEST_F(Leftovers, OfOneWardenAreRemovedAtOnce) {
    const auto its = make(kNobody, std::chrono::minutes(0));
    const auto other = make(kNobody + 1, std::chrono::minutes(5));
    remove_cgroups_of(kNobody, parents);
    EXPECT_FALSE(std::filesystem::exists(its));
    EXPECT_TRUE(std::filesystem::exists(other));
}

}  // namespace
}  // namespace tidemark::run
