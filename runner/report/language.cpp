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
    Pair{"Accuracy by epoch", "各轮准确率"}, Pair{"Memory over time", "内存随时间变化"},
    Pair{"Pareto front: no run takes less of both", "帕累托前沿：没有运行在两方面都更省"},
    Pair{"other runs", "其他运行"}, Pair{"activations", "激活"}, Pair{"process overhead", "进程开销"},
    Pair{"not attributed", "未归类"}, Pair{"not broken down", "未细分"},
    // the page
    Pair{"Filter rows", "筛选行"}, Pair{"rows", "行"}, Pair{"of", "/"}, Pair{"Charts", "图表"},
    Pair{"Tables", "表格"}, Pair{"Contents", "目录"}, Pair{"Dark", "深色"}, Pair{"Light", "浅色"},
    Pair{"How this was measured", "测量说明"}};

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
