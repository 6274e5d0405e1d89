#include "report/junit.hpp"

#include <algorithm>

#include "report/markup.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

std::ptrdiff_t count(const JunitSuite& suite, JunitCase::Outcome outcome) {
    return std::ranges::count(suite.cases, outcome, &JunitCase::outcome);
}

std::string attribute(std::string_view text) {
    return escaped_for_markup(terminal::visible(text));
}

void write_case(const JunitCase& test, std::ostream& out) {
    out << "    <testcase classname=\"" << attribute(test.class_name) << "\" name=\"" << attribute(test.name)
        << '"';
    if (test.outcome == JunitCase::Outcome::Passed) {
        if (test.tells_always) {
            out << ">\n      <system-out>" << attribute(test.message) << "</system-out>\n    </testcase>\n";
        } else {
            out << "/>\n";
        }
        return;
    }
    const char* const element = test.outcome == JunitCase::Outcome::Failed ? "failure" : "error";
    const char* const type = test.outcome == JunitCase::Outcome::Failed ? "broken" : "undecided";
    out << ">\n      <" << element << " type=\"" << type << "\" message=\"" << attribute(test.message)
        << "\"/>\n"
        << "    </testcase>\n";
}

}  // namespace

void render_junit(const JunitSuite& suite, std::ostream& out) {
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\""
        << attribute(suite.name) << "\" tests=\"" << suite.cases.size() << "\" failures=\""
        << count(suite, JunitCase::Outcome::Failed) << "\" errors=\""
        << count(suite, JunitCase::Outcome::Error) << "\" skipped=\"0\" timestamp=\""
        << attribute(suite.timestamp) << "\">\n";
    for (const JunitCase& test : suite.cases) write_case(test, out);
    out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace tidemark::report
