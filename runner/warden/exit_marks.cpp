#include "warden/exit_marks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>
#include <unistd.h>

#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr std::int64_t kKibibyte = 1024;
constexpr std::uint16_t kFirstWithProcess = 12;  // version of struct taskstats
/// Room for some thousand messages between two calls.
constexpr int kReceiveBuffer = 4 << 20;
constexpr std::size_t kLongestMessage = 4096;
constexpr std::size_t kHeaders = NLMSG_HDRLEN + GENL_HDRLEN;

template <typename Header>
Header header_at(std::string_view bytes, std::size_t offset) {
    Header header{};
    if (offset < bytes.size())
        std::memcpy(&header, bytes.data() + offset, std::min(sizeof header, bytes.size() - offset));
    return header;
}

/// What the attribute of that type holds, of those that `attributes` lists; empty where there is none.
std::string_view attribute(std::string_view attributes, int type) {
    while (attributes.size() >= NLA_HDRLEN) {
        const auto header = header_at<nlattr>(attributes, 0);
        if (header.nla_len < NLA_HDRLEN || header.nla_len > attributes.size()) return {};
        if ((header.nla_type & NLA_TYPE_MASK) == type)
            return attributes.substr(NLA_HDRLEN, header.nla_len - NLA_HDRLEN);
        attributes.remove_prefix(std::min<std::size_t>(NLA_ALIGN(header.nla_len), attributes.size()));
    }
    return {};
}

std::string_view attributes_of(std::string_view message) {
    return message.substr(std::min(kHeaders, message.size()));
}

/// A request with one attribute, a text.
std::string request(int family, int command, int type, const std::string& text) {
    const std::size_t length = kHeaders + NLA_ALIGN(NLA_HDRLEN + text.size() + 1);
    std::string message(length, '\0');
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(length);
    header.nlmsg_type = static_cast<std::uint16_t>(family);
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    genlmsghdr generic{};
    generic.cmd = static_cast<std::uint8_t>(command);
    generic.version = 1;
    nlattr attribute{};
    attribute.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + text.size() + 1);
    attribute.nla_type = static_cast<std::uint16_t>(type);
    std::memcpy(message.data(), &header, sizeof header);
    std::memcpy(message.data() + NLMSG_HDRLEN, &generic, sizeof generic);
    std::memcpy(message.data() + kHeaders, &attribute, sizeof attribute);
    std::memcpy(message.data() + kHeaders + NLA_HDRLEN, text.c_str(), text.size());
    return message;
}

/// The answer to a request: what the kernel says before it acknowledges it. Nothing where it refuses.
std::optional<std::string> answer(int socket, const std::string& message) {
    if (send(socket, message.data(), message.size(), 0) < 0) return std::nullopt;
    std::string told;
    std::array<char, kLongestMessage> buffer{};
    while (true) {
        const ssize_t length = recv(socket, buffer.data(), buffer.size(), 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return std::nullopt;
        const std::string_view text(buffer.data(), static_cast<std::size_t>(length));
        const auto header = header_at<nlmsghdr>(text, 0);
        if (header.nlmsg_type != NLMSG_ERROR) {
            told = text;
            continue;
        }
        const auto error = header_at<nlmsgerr>(text, NLMSG_HDRLEN);
        return error.error == 0 ? std::optional(told) : std::nullopt;
    }
}

std::string all_cpus() {
    std::string cpus = read_small_file("/sys/devices/system/cpu/possible");
    while (!cpus.empty() && cpus.back() == '\n') cpus.pop_back();
    return cpus;
}

}  // namespace

std::optional<EndedTask> ended_task_in(std::string_view message) {
    const std::string_view task = attribute(attributes_of(message), TASKSTATS_TYPE_AGGR_PID);
    const std::string_view bytes = attribute(task, TASKSTATS_TYPE_STATS);
    const auto stats = header_at<taskstats>(bytes, 0);
    const bool tells_process = bytes.size() >= offsetof(taskstats, ac_tgid) + sizeof stats.ac_tgid;
    if (!tells_process || stats.version < kFirstWithProcess) return std::nullopt;
    return EndedTask{static_cast<pid_t>(stats.ac_tgid), static_cast<pid_t>(stats.ac_ppid),
                     static_cast<std::int64_t>(stats.hiwater_rss) * kKibibyte};
}

ExitMarks::~ExitMarks() {
    if (socket_ >= 0) close(socket_);
}

bool ExitMarks::ask_to_be_told() const {
    const auto family = answer(
        socket_, request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME));
    if (!family) return false;
    const std::string_view number = attribute(attributes_of(*family), CTRL_ATTR_FAMILY_ID);
    if (number.size() < sizeof(std::uint16_t)) return false;
    const auto id = header_at<std::uint16_t>(number, 0);
    return answer(socket_, request(id, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, all_cpus()))
        .has_value();
}

bool ExitMarks::listen() {
    socket_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    if (socket_ < 0) return false;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer);
    if (ask_to_be_told()) return true;
    close(socket_);
    socket_ = -1;
    return false;
}

std::vector<EndedTask> ExitMarks::take() {
    std::vector<EndedTask> ended;
    std::array<char, kLongestMessage> buffer{};
    while (socket_ >= 0) {
        const ssize_t length = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0 && errno == ENOBUFS) {
            lost_some_ = true;
            continue;
        }
        if (length <= 0) break;
        if (const auto task = ended_task_in({buffer.data(), static_cast<std::size_t>(length)}))
            ended.push_back(*task);
        else
            lost_some_ = true;
    }
    return ended;
}

}  // namespace tidemark::warden
