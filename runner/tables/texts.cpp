#include "tables/texts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidemark::tables {

std::string Texts::not_made_as_now(std::size_t lacking, std::size_t expected) const {
    if (chinese())
        return fmt::format("{} 个运行中有 {} 个尚未按当前文件与程序运行：表中标为“未运行”。", expected,
                           lacking);
    return fmt::format(
        "Not made as the file and the program are now: {} of {} runs (“not run” in the tables).", lacking,
        expected);
}

std::string Texts::made_otherwise(const std::string& command) const {
    if (chinese()) {
        return fmt::format(
            "数据库中有该扫描以其他方式得到的结果，最近一次：{}；请给出相同的 --set，若程序已变则重新运行。",
            command);
    }
    return fmt::format(
        "The database has results of this sweep that were made otherwise, the last by: {}; give the "
        "same --set, or run the sweep again if the program has changed.",
        command);
}

std::string Texts::share_of_repeats(std::size_t bad, std::size_t repeats) const {
    return chinese() ? fmt::format("（{} / {} 次重复）", bad, repeats)
                     : fmt::format(" ({} of {} repeats)", bad, repeats);
}

std::string Texts::more_failures(std::size_t count) const {
    return chinese() ? fmt::format("另有 {} 个运行未成功。", count)
                     : fmt::format("and {} more runs that did not end well.", count);
}

std::string Texts::measured_advice(const AdviceParts& parts, const std::string& other) const {
    if (chinese())
        return fmt::format("{}：只改一个参数时，最有效的是 {}：运行 {} 实测为 {}，而它需要超过 {}。",
                           parts.run, parts.change, other, parts.peak, parts.more_than);
    return fmt::format(
        "{}: the change of one parameter that helps most is {}: run '{}' was measured to take {}, and this "
        "one "
        "took more than {}.",
        parts.run, parts.change, other, parts.peak, parts.more_than);
}

std::string Texts::predicted_advice(const AdviceParts& parts, std::size_t measured_runs,
                                    const std::string& command) const {
    if (chinese())
        return fmt::format(
            "{}：只改一个参数时，最有效的是 {}：由 {} 个实测运行预测为 {}，而它需要超过 {}。试一试：{}",
            parts.run, parts.change, measured_runs, parts.peak, parts.more_than, command);
    return fmt::format(
        "{}: the change of one parameter that is expected to help most is {}: {}, predicted from {} measured "
        "runs with a confidence of 95 %, and this one took more than {}. To try it: {}",
        parts.run, parts.change, parts.peak, measured_runs, parts.more_than, command);
}

std::string Texts::range_of(RepeatCounts repeats) const {
    if (repeats.fewest == repeats.most) return std::to_string(repeats.most);
    return fmt::format("{}{}{}", repeats.fewest, chinese() ? "–" : " to ", repeats.most);
}

std::string Texts::interval_of_repeats(RepeatCounts repeats, double confidence, const std::string& exception,
                                       const std::string& differing) const {
    const bool same = differing.empty();
    constexpr double kMost = 99;  // percent; none is ever quite sure
    const double percent = std::min(kMost, confidence * 100);
    const bool at_least = repeats.fewest != repeats.most || confidence * 100 > kMost;
    if (chinese()) {
        return fmt::format(
            "数值为 {} 次重复的中位数，括号内为最小值到最大值：这是{}的区间，{}以{} {:.0f} % "
            "的置信度包含真实中位数。",
            range_of(repeats), same ? "测量" : fmt::format("程序本身（每次重复的 {} 不同）", differing),
            exception.empty() ? "" : exception + "，", at_least ? "至少" : "", percent);
    }
    return fmt::format(
        "Figures are medians of {} repeats, in parentheses from the smallest to the largest: an interval of "
        "the {}, {}which holds the true median with {}{:.0f} % confidence.",
        range_of(repeats),
        same ? "measurement" : fmt::format("program itself, whose {} is another in each repeat", differing),
        exception.empty() ? "" : exception + ", ", at_least ? "at least " : "", percent);
}

std::string Texts::uncertain_peaks(bool bounded, bool open) const {
    std::string text;
    if (bounded) {
        text = chinese() ? "写作 a–b 的峰值内存介于两者之间。" : "A peak shown as a–b lies between the two.";
    }
    if (!open) return text;
    if (!text.empty() && !chinese()) text += ' ';
    return text + (chinese() ? "写作 ≥ a 的峰值内存至少为 a，上界未知。"
                             : "A peak shown as ≥ a is at least that, and nothing bounds it from above.");
}

std::string Texts::disturbed_figures() const {
    return chinese() ? "带 * 的数值在测量时受到其他程序、CPU "
                       "配额、处理器速度变化、交换、内存不足或内存上限的影响；`tidemark "
                       "show RUN` 说明是哪一种。"
                     : "A figure with * was disturbed while it was measured, by other programs, a CPU quota, "
                       "CPUs of changing speed, swapping, a lack of memory or a memory limit; `tidemark show "
                       "RUN` says by which.";
}

std::string Texts::several_machines(const std::vector<std::string>& machines) const {
    constexpr std::size_t kNamed = 3;
    const std::size_t named = std::min(machines.size(), kNamed);
    std::string names = fmt::format(
        "{}", fmt::join(machines.begin(), machines.begin() + static_cast<std::ptrdiff_t>(named), "; "));
    if (named < machines.size()) names += "; …";
    return chinese() ? fmt::format("这些运行是在 {} 种不同的机器上进行的（{}）：它们的时间不可相互比较。",
                                   machines.size(), names)
                     : fmt::format(
                           "The runs were made on {} different machines ({}): their times cannot be compared "
                           "with each other.",
                           machines.size(), names);
}

std::string Texts::peaks_above_limits() const {
    return chinese()
               ? "内存上限约束的是内核记在该运行 cgroup "
                 "账上的内存；峰值内存还包括映射的、已记在他人账上的文件页"
                 "（例如共享库），因此可能高于上限。"
               : "A memory limit holds what the kernel charges to the run's cgroup; peak memory also has "
                 "mapped file pages that others were charged for, such as shared libraries, so it may lie "
                 "above the limit.";
}

std::string Texts::no_parts(bool measured) const {
    if (chinese()) {
        return fmt::format("没有运行报告其内存构成（model_bytes、activation_bytes、overhead_bytes）{}。",
                           measured ? "；图中为内核所见的构成" : "");
    }
    return fmt::format(
        "No run has reported what its memory consists of (model_bytes, activation_bytes, overhead_bytes){}.",
        measured ? "; the parts are those that the kernel tells apart" : "");
}

std::string Texts::runs_with_warnings(std::size_t count) const {
    if (chinese()) return fmt::format("{} 个运行有警告：数量见“警告”列，内容见各运行的详情。", count);
    return fmt::format(
        "{} with warnings: the column “warnings” counts them, and what is shown of each run tells them.",
        count == 1 ? "1 run" : fmt::format("{} runs", count));
}

std::string Texts::logs_may_hold_secrets() const {
    return chinese() ? "该扫描有机密（secrets），日志可能包含它们，因此不显示。"
                     : "Not shown: the sweep has secrets, and a log may hold them.";
}

std::string Texts::tree_memory(protocol::TreeMemory kind) const {
    switch (kind) {
        case protocol::TreeMemory::Resident:
            break;
        case protocol::TreeMemory::Charged:
            return chinese() ? "记在该运行 cgroup 账上的内存，不含页缓存"
                             : "charged to the run's cgroup, without page cache";
        case protocol::TreeMemory::Sum:
            return chinese() ? "各进程常驻内存之和，共享页重复计入"
                             : "sum over the processes: pages that they share count in each";
    }
    return {};
}

}  // namespace tidemark::tables
