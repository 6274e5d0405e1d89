#include "cli/report_document.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/comparison_table.hpp"
#include "cli/declared_table.hpp"
#include "cli/default_tables.hpp"
#include "cli/report_charts.hpp"

namespace tidemark::cli {
namespace {

using report::Language;
using report::translated;

constexpr int kMostFailures = 20;  // that are told one by one

class DocumentBuilder {
  public:
    DocumentBuilder(const sweep::Sweep& sweep, store::SweepResults& results, Language language)
        : sweep_(sweep), results_(results), language_(language) {}

    report::Document build() {
        document_.language = language_;
        document_.title = sweep_.name();
        document_.description = sweep_.description();
        const auto definitions = tables_of(sweep_, results_);
        for (std::size_t i = 0; i < definitions.size(); ++i)
            document_.tables.push_back(declared_table(sweep_, i, definitions[i], results_, language_));
        add_completeness();
        add_failures();
        add_repeats();
        add_bounds();
        add_caveats();
        document_.charts = charts_of(results_, language_);
        add_origin();
        return std::move(document_);
    }

  private:
    void note(std::string english, std::string chinese) {
        document_.notes.push_back(language_ == Language::Chinese ? std::move(chinese) : std::move(english));
    }

    void add_completeness() {
        const std::size_t expected = results_.expected();
        const std::size_t lacking = expected - results_.made();
        if (lacking == 0) return;
        note(fmt::format(
                 "Not made as the file and the program are now: {} of {} runs (“not run” in the tables).",
                 lacking, expected),
             fmt::format("{} 个运行中有 {} 个尚未按当前文件与程序运行：表中标为“未运行”。", expected,
                         lacking));
        if (results_.made() > 0) return;
        const auto last = store::last_invocation(results_.connection(), sweep_.name());
        if (!last || !store::has_results(results_.connection(), sweep_.name())) return;
        note(fmt::format(
                 "The database has results of this sweep that were made otherwise, the last by: {}; give the "
                 "report the same --set, or run the sweep again if the program has changed.",
                 last->command_line),
             fmt::format("数据库中有该扫描以其他方式得到的结果，最近一次：{}；请给出相同的 "
                         "--set，若程序已变则重新运行。",
                         last->command_line));
    }

    void add_failures() {
        sql::Statement rows = results_.connection().prepare(
            "SELECT run, status, reason, repeats - ok, repeats FROM medians WHERE status NOT IN ('ok', 'not "
            "run')");
        int told = 0;
        int more = 0;
        while (rows.step()) {
            if (++told > kMostFailures) {
                ++more;
                continue;
            }
            std::string text = fmt::format("{}: {}", rows.text(0), translated(rows.text(1), language_));
            if (const std::string reason = rows.text(2); !reason.empty()) text += ", " + reason;
            if (rows.integer(4) > 1) {
                const char* const share =
                    language_ == Language::Chinese ? "（{} / {} 次重复）" : " ({} of {} repeats)";
                text += fmt::format(fmt::runtime(share), rows.integer(3), rows.integer(4));
            }
            document_.notes.push_back(text);
        }
        if (more > 0)
            note(fmt::format("and {} more runs that did not end well.", more),
                 fmt::format("另有 {} 个运行未成功。", more));
    }

    /// What an interval is of, and how sure it is. The range of n independent measurements holds the median
    /// of what they are drawn from unless all of them lie on the same side of it: with probability 1 −
    /// 2·(1/2)^n (David and Nagaraja, Order Statistics, 3rd edition, section 7.1).
    void add_repeats() {
        const bool any = std::ranges::any_of(document_.tables, [](const report::Table& table) {
            return std::ranges::any_of(table.rows, [](const auto& row) {
                return std::ranges::any_of(
                    row, [](const report::Cell& cell) { return cell.interval.has_value(); });
            });
        });
        const int repeats = sweep_.repeat();
        if (!any || repeats < 2)
            return;  // with one, a table has intervals of its own, which its note explains
        const double share = 1 - std::pow(0.5, repeats - 1);
        note(fmt::format(
                 "Figures are medians of {} repeats, in parentheses from the smallest to the largest: an "
                 "interval of "
                 "the measurement, not of the training (repeats share the seed), which holds the true median "
                 "with {:.0f} % confidence.",
                 repeats, share * 100),
             fmt::format("数值为 {} "
                         "次重复的中位数，括号内为最小值到最大值：这是测量的区间，而非训练的区间（各次重复使"
                         "用同一随机种子），"
                         "以 {:.0f} % 的置信度包含真实中位数。",
                         repeats, share * 100));
    }

    void add_bounds() {
        const Value any = results_.connection().value_of(
            "SELECT 1 FROM temp.sweep_results WHERE peak_rss_bytes IS NOT NULL AND peak_rss_high_bytes IS "
            "NULL LIMIT 1");
        if (is_null(any)) return;
        note("Peak memory of runs with several processes is the largest value seen, a lower bound.",
             "多进程运行的峰值内存是所见到的最大值，即下界。");
    }

    void add_caveats() {
        for (std::string caveat : caveats(sweep_)) {
            caveat[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(caveat[0])));
            document_.notes.push_back(caveat + ".");
        }
    }

    /// The values that a fact of the machine has, of which there is more than one where runs were made on
    /// several.
    std::string fact(const char* name) {
        const auto values =
            results_.connection().reuse("SELECT DISTINCT value FROM provenance WHERE name = ?");
        values->bind_all(std::string_view(name));
        std::string text;
        while (values->step()) {
            Value value = values->value(0);
            const auto* bytes = std::get_if<std::int64_t>(&value);
            const bool is_memory = bytes != nullptr && std::string_view(name).ends_with("_bytes");
            text += (text.empty() ? "" : " / ") + (is_memory ? to_text(Bytes{*bytes}) : to_text(value));
        }
        return text;
    }

    void add_origin() {
        if (results_.made() == 0) return;
        sql::Statement when = results_.connection().prepare(
            "SELECT substr(min(started_at), 1, 10), substr(max(started_at), 1, 10) FROM temp.sweep_results");
        when.step();
        const std::string first = when.text(0);
        const std::string last = when.text(1);
        document_.origin.emplace_back("measured", first == last ? first : first + " – " + last);
        using Fact = std::pair<const char*, const char*>;
        for (const auto& [name, label] :
             {Fact{"cpu", "CPU"}, Fact{"cores", "cores"}, Fact{"memory_bytes", "memory"},
              Fact{"kernel", "kernel"}, Fact{"train_libtorch", "LibTorch"}}) {
            if (std::string value = fact(name); !value.empty())
                document_.origin.emplace_back(label, std::move(value));
        }
        document_.origin.emplace_back("tidemark",
                                      fmt::format("{} ({})", fact("tidemark"), fact("tidemark_commit")));
        document_.origin.emplace_back("made by", commands());
    }

    /// Those that made the runs which are shown, in the order in which they were given; the same one more
    /// than once is a sweep that was interrupted and went on.
    std::string commands() {
        sql::Statement command = results_.connection().prepare(
            "SELECT command_line FROM main.invocations JOIN main.runs USING(invocation_id) "
            "JOIN temp.sweep_results AS shown USING(run_id) GROUP BY 1 ORDER BY min(runs.started_at)");
        constexpr int kMost = 5;
        std::string text;
        int found = 0;
        for (; command.step(); ++found) {
            if (found < kMost) text += (text.empty() ? "" : " · ") + command.text(0);
        }
        return found > kMost ? fmt::format("{} · … ({} commands)", text, found) : text;
    }

    const sweep::Sweep& sweep_;
    store::SweepResults& results_;
    Language language_;
    report::Document document_;
};

}  // namespace

report::Document report_document(const sweep::Sweep& sweep, store::SweepResults& results, Language language) {
    return DocumentBuilder(sweep, results, language).build();
}

}  // namespace tidemark::cli
