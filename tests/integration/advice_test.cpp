// What is said of a run that ran out of memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// Takes 20 MiB and what its batch needs, and ends as one that gets no more where the batch is 16 or more.
const std::string kProgram =
    "command: [sh, -c, '" + test::binary_dir() +
    "/tests/programs/known-program allocate {mib} && if [ {batch} -ge 16 ]; then echo MemoryError >&2; exit "
    "1; "
    "fi']\n"
    "matrix: {batch: [1, 2, 4, 8, 16, 32], precision: [half, single]}\n"
    "derive: {mib: \"20 + batch * CASE precision WHEN 'half' THEN 5 ELSE 10 END\"}\nobserve: false\n";

class Advice : public OwnProgram {
  protected:
    std::string shown(const std::string& name) { return folder.tidemark({"show", name}).out; }
};

TEST_F(Advice, NamesTheChangeThatWasMeasuredToHelpMost) {
    const Finished made = run(kProgram);
    EXPECT_EQ(made.exit_code, 1) << made.err;
    EXPECT_THAT(made.out,
                ContainsRegex(
                    "batch=16,precision=half: the change of one parameter that helps most is batch 16 → 1, "
                    "mib 100 → 25: run 'batch=1,precision=half' was measured to take [0-9.–]+ MiB, and this "
                    "one took more than [0-9.]+ MiB\\.\n"));
    EXPECT_THAT(shown("batch=16,precision=half"),
                AllOf(HasSubstr("the change of one parameter that helps most\n"),
                      ContainsRegex("change +batch 16 → 1, mib 100 → 25\n"),
                      ContainsRegex("instead of +more than [0-9.]+ MiB\n"),
                      ContainsRegex("measured of +batch=1,precision=half\n")));
    EXPECT_THAT(shown("batch=1,precision=half"), Not(HasSubstr("that helps most")));
    EXPECT_THAT(
        folder.tidemark({"report", "own.yaml"}).out,
        HasSubstr("batch=16,precision=half: the change of one parameter that helps most is batch 16 → 1, "
                  "mib 100 → 25: "));
    EXPECT_THAT(
        folder.tidemark({"report", "own.yaml", "--lang", "zh"}).out,
        HasSubstr("batch=16,precision=half：只改一个参数时，最有效的是 batch 16 → 1, mib 100 → 25："));
}

TEST_F(Advice, PredictsWhatWasNotMeasured) {
    run(kProgram,
        {"--only", "(batch <= 8 AND precision = 'single') OR (batch IN (8, 16) AND precision = 'half')"});
    const std::string page = shown("batch=16,precision=half");
    EXPECT_THAT(page, ContainsRegex("predicted +from 5 measured runs, with a confidence of 95 %\n"));
    EXPECT_THAT(
        page,
        ContainsRegex("to try it +.*tidemark.* run .*own.yaml .*--only \"run = 'batch=1,precision=half'\""));
    EXPECT_THAT(page, ContainsRegex("peak memory +[0-9.]+ MiB \\([0-9.]+–[0-9.]+ MiB\\)\n"));
}

TEST_F(Advice, IsNoneWhereTooLittleIsKnownOrNothingHelps) {
    run(kProgram, {"--only", "batch = 16"});
    EXPECT_THAT(shown("batch=16,precision=half"), Not(HasSubstr("that helps most")))
        << "nothing else is measured";
    run("command: [sh, -c, 'echo MemoryError >&2; exit 1']\nobserve: false\nmatrix: {n: [1, 2, 3, 4, 5]}\n");
    EXPECT_THAT(shown("n=1"), AllOf(HasSubstr("oom"), Not(HasSubstr("that helps most"))));
}

TEST_F(Advice, IsNoneOfAnotherProgram) {
    run(kProgram);
    std::string other = kProgram;
    other.replace(other.find("allocate"), 8, "allocate  ");
    folder.write("own.yaml", "sweep: own\n" + other);
    EXPECT_THAT(shown("batch=16,precision=half"), Not(HasSubstr("that helps most")));
}

}  // namespace
}  // namespace tidemark::test
