#include "warden/exit_marks.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

void append_attribute(std::string& message, int type, const std::string& value) {
    nlattr header{};
    header.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + value.size());
    header.nla_type = static_cast<std::uint16_t>(type);
    message.append(reinterpret_cast<const char*>(&header), sizeof header);
    message += value;
    message.resize(NLA_ALIGN(message.size()));
}

/// As the kernel builds it: the thread's number, then what it tells of it, in one attribute.
std::string message_of(const taskstats& stats, std::size_t size = sizeof(taskstats)) {
    std::string task;
    append_attribute(task, TASKSTATS_TYPE_PID, std::string(4, '\1'));
    append_attribute(task, TASKSTATS_TYPE_STATS, {reinterpret_cast<const char*>(&stats), size});
    std::string message(NLMSG_HDRLEN + GENL_HDRLEN, '\0');
    append_attribute(message, TASKSTATS_TYPE_AGGR_PID, task);
    return message;
}

taskstats of_process() {
    taskstats stats{};
    stats.version = TASKSTATS_VERSION;
    stats.ac_pid = 12;
    stats.ac_tgid = 11;
    stats.ac_ppid = 10;
    stats.hiwater_rss = 2048;  // KiB
    return stats;
}

TEST(EndedTask, IsTakenFromTheKernelsMessage) {
    const auto task = ended_task_in(message_of(of_process()));
    ASSERT_TRUE(task);
    EXPECT_EQ(task->process, 11);
    EXPECT_EQ(task->parent, 10);
    EXPECT_EQ(task->mark, std::int64_t{2} << 20);
}

TEST(EndedTask, IsNoneWhereAnOlderKernelDoesNotTellWhichProcessAThreadBelongsTo) {
    taskstats stats = of_process();
    stats.version = 11;
    EXPECT_FALSE(ended_task_in(message_of(stats)));
    EXPECT_FALSE(ended_task_in(message_of(of_process(), offsetof(taskstats, ac_tgid))));
}

TEST(EndedTask, IsNoneInWhatIsNoMessage) {
    const std::string whole = message_of(of_process());
    for (std::size_t length = 0; length < NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + 16; ++length)
        EXPECT_FALSE(ended_task_in(whole.substr(0, length))) << length;
    EXPECT_FALSE(ended_task_in(std::string(whole.size(), '\xff')));
}

TEST(ExitMarks, TellWhatAProcessHeldThatIsGone) {
    ExitMarks marks;
    if (!marks.listen()) GTEST_SKIP() << "the kernel tells nobody here";
    constexpr std::size_t kHeld = std::size_t{32} << 20;
    const pid_t child = fork();
    if (child == 0) {
        const std::string held(kHeld, 'x');
        _exit(held.back() == 'x' ? 0 : 1);
    }
    waitpid(child, nullptr, 0);
    const std::vector<EndedTask> ended = marks.take();
    const auto task = std::ranges::find(ended, child, &EndedTask::process);
    ASSERT_NE(task, ended.end());
    EXPECT_EQ(task->parent, getpid());
    EXPECT_GE(task->mark, static_cast<std::int64_t>(kHeld));
    EXPECT_FALSE(marks.lost_some());
}

}  // namespace
}  // namespace tidemark::warden
