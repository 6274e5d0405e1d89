#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace tidemark::report {

/// One test case of a JUnit report.
struct JunitCase {
    enum class Outcome { Passed, Failed, Error };
    std::string class_name;
    std::string name;
    Outcome outcome = Outcome::Passed;
    std::string message;        ///< of one that did not pass
    bool tells_always = false;  ///< the message is worth reading where it passed, too
};

struct JunitSuite {
    std::string name;
    std::string timestamp;  ///< UTC, ISO 8601
    std::vector<JunitCase> cases;
};

/// JUnit's XML, as CI systems read it (tests/schemas/junit.xsd). Characters that XML cannot hold become
/// visible ones.
void render_junit(const JunitSuite& suite, std::ostream& out);

}  // namespace tidemark::report
