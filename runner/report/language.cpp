#include "report/language.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/result_columns.hpp"

namespace tidemark::report {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array kChinese{
    // statuses, and why a value is missing
    Pair{"ok", "成功"}, Pair{"oom", "内存不足"}, Pair{"timeout", "超时"}, Pair{"cancelled", "已取消"},
    Pair{"crashed", "崩溃"}, Pair{"failed", "失败"}, Pair{"not run", "未运行"},
    Pair{"not measured", "未测量"}, Pair{"not reported", "未报告"}, Pair{"not a number", "非数值"},
    // headings and titles of the tables that need no declaration
    Pair{"run", "运行"}, Pair{"status", "状态"}, Pair{"Comparison", "对比"}, Pair{"Memory", "内存"},
    Pair{"Time", "时间"},
    // origin
    Pair{"made by", "生成者"}, Pair{"database", "数据库"}, Pair{"measured", "测量时间"},
    Pair{"CPU", "处理器"}, Pair{"cores", "核数"}, Pair{"memory", "内存"}, Pair{"system", "系统"},
    // charts and their parts
    Pair{"Peak memory against time", "峰值内存与时间"}, Pair{"Peak memory by part", "峰值内存构成"},
    Pair{"By epoch", "各轮变化"}, Pair{"Memory over time", "内存随时间变化"},
    Pair{"Predicted against measured", "预测与实测"},
    Pair{"Pareto front: no run takes less of both", "帕累托前沿：没有运行在两方面都更省"},
    Pair{"other runs", "其他运行"}, Pair{"activations", "激活"}, Pair{"process overhead", "进程开销"},
    Pair{"not attributed", "未归类"}, Pair{"not broken down", "未细分"},
    // the page
    Pair{"Filter runs", "筛选运行"}, Pair{"Filter rows", "筛选行"}, Pair{"Charts", "图表"},
    Pair{"Runs", "运行"}, Pair{"Warnings", "警告"},
    Pair{"Filter: words, name=value, memory<1GiB, -not this", "筛选：词、名称=值、memory<1GiB、-排除"},
    Pair{"Memory ceiling", "内存上限"}, Pair{"A memory ceiling, such as 1 GiB", "内存上限，例如 1 GiB"},
    Pair{"Tick all", "全选"}, Pair{"Tick none", "全不选"}, Pair{"Columns", "列"},
    Pair{"Best runs", "最佳运行"}, Pair{"How to read the figures", "数值说明"},
    Pair{"The sweep file as it is now", "当前的扫描文件"}, Pair{"Least memory", "内存最少"},
    Pair{"Fastest", "最快"}, Pair{"Best {0}", "{0}最佳"},
    Pair{"{0} of {1} runs fit", "{1} 个运行中 {0} 个不超"}, Pair{"{0} cannot be told", "{0} 个无法判定"},
    Pair{"Checks", "检查"}, Pair{"{0} of {1} pass", "{1} 项中 {0} 项通过"},
    Pair{"or {0} more that cannot be told apart", "或另外 {0} 个无法区分的运行"},
    Pair{"no run ended well", "没有成功的运行"}, Pair{"reference", "参照"},
    Pair{"Compare with this run", "以此运行为参照"}, Pair{"All about this run", "该运行的全部信息"},
    Pair{"Show this run", "显示该运行"}, Pair{"{0} of {1} runs", "{1} 个运行中的 {0} 个"},
    Pair{"{0} of {1} rows", "{1} 行中的 {0} 行"}, Pair{"Close", "关闭"}, Pair{"epoch", "轮"},
    Pair{"the first {0} of {1} runs; tick those that you want", "{1} 个运行中的前 {0} 个；请勾选所需的运行"},
    Pair{"the {0} with the highest peaks of {1} runs", "{1} 个运行中峰值最高的 {0} 个"}, Pair{"peak", "峰值"},
    Pair{"predicted", "预测"}, Pair{"as measured", "实测"}, Pair{"not made", "未运行"},
    Pair{"and {0} more", "另有 {0} 个"}, Pair{"Only what fits", "只看不超的"},
    Pair{"not a size: write 512 MiB or 1.5 GiB", "不是大小：请写 512 MiB 或 1.5 GiB"},
    Pair{"Left out, for no row has a value: {0}", "已省略（没有任何值）：{0}"}, Pair{"metric", "指标"},
    Pair{"seeds together", "合并随机种子"}, Pair{"logs", "日志"},
    Pair{"the end of its stdout", "标准输出的末尾"}, Pair{"the end of its stderr", "标准错误的末尾"},
    Pair{"warnings", "警告"}, Pair{"Tables", "表格"}, Pair{"Contents", "目录"}, Pair{"Dark", "深色"},
    Pair{"Light", "浅色"}, Pair{"How this was measured", "测量说明"}};

}  // namespace

std::string translated(std::string_view english, Language language) {
    if (language == Language::Chinese) {
        const auto found = std::ranges::find(kChinese, english, &Pair::first);
        if (found != kChinese.end()) return std::string(found->second);
        const auto figure = std::ranges::find(protocol::kFigures, english, &protocol::Figure::heading);
        if (figure != protocol::kFigures.end()) return std::string(figure->chinese);
        const auto metric =
            std::ranges::find(protocol::kKnownMetrics, english, &protocol::KnownMetric::heading);
        if (metric != protocol::kKnownMetrics.end()) return std::string(metric->chinese);
    }
    return std::string(english);
}

}  // namespace tidemark::report
