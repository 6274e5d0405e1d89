#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// One answer to what is infinite, however a program writes it and wherever it is read.
class Infinite : public OwnProgram {
  protected:
    std::string out(const std::vector<std::string>& arguments, int code = 0) {
        const Finished said = folder.tidemark(arguments);
        EXPECT_EQ(said.exit_code, code) << said.err;
        return said.out;
    }
};

TEST_F(Infinite, IsReadFromAllSources) {
    folder.write_script("job.sh", R"(#!/bin/sh
echo "a: inf b: Infinity c: ∞ d: -∞"
echo '{"x": Infinity, "y": "-inf", "z": "∞"}' > "$TIDEMARK_RUN_DIR/r.json"
printf 'v\n1\nInf\n' > "$TIDEMARK_RUN_DIR/r.csv"
echo '{"event":"metric","name":"told","value":"inf"}' >> "$TIDEMARK_EVENTS"
echo '{"event":"metric","name":"bare","value":-Infinity}' >> "$TIDEMARK_EVENTS"
echo '{"event":"metric","name":"word","value":"Infinity"}' >> "$TIDEMARK_EVENTS"
)");
    const Finished said = run(R"(
command: [./job.sh]
capture:
  a: 'a: (\S+)'
  b: 'b: (\S+)'
  c: 'c: (\S+)'
  d: 'd: (\S+)'
  x: {json: "{run_dir}/r.json", at: /x}
  y: {json: "{run_dir}/r.json", at: /y}
  z: {json: "{run_dir}/r.json", at: /z}
  v: {csv: "{run_dir}/r.csv", column: v}
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT a, b, c, d, x, y, z, v, told, bare, word FROM results"),
              "a,b,c,d,x,y,z,v,told,bare,word\ninf,inf,inf,-inf,inf,-inf,inf,inf,inf,-inf,inf\n");
    EXPECT_EQ(query("SELECT a > 1e308, d < -1e308, median(a) = a FROM results"),
              "a > 1e308,d < -1e308,median(a) = a\n1,1,1\n");
}

TEST_F(Infinite, IsShownAlikeAndDecidesChecks) {
    const Finished said = run(R"(
command: [sh, -c, 'echo loss: inf; echo gain: -inf']
capture: {loss: 'loss: (\S+)', gain: 'gain: (\S+)'}
checks:
  - {name: low, where: "true", metric: loss, max: 10}
  - {name: high, where: "true", metric: gain, min: 10}
  - {name: anyway, where: "true", metric: loss, min: 10}
tables: [{title: all, sql: 'SELECT run, loss, gain FROM results'}]
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("∞"));
    EXPECT_THAT(said.err, HasSubstr("∞"));
    EXPECT_THAT(out({"show", "own"}), HasSubstr("∞"));
    EXPECT_THAT(out({"list", "--columns", "loss, gain"}), HasSubstr("   ∞    -∞\n"));
    EXPECT_THAT(out({"query", "SELECT loss, gain FROM results"}), HasSubstr("   ∞    -∞\n"));
    EXPECT_THAT(out({"report", "own.yaml", "--format", "text"}), HasSubstr("∞"));
    EXPECT_THAT(out({"report", "own.yaml", "--format", "csv"}),
                HasSubstr("all,1,loss,none,inf,,,,\nall,1,gain,none,-inf,"));
    EXPECT_THAT(out({"report", "own.yaml", "--format", "json"}),
                HasSubstr("\"loss\":\"inf\",\"gain\":\"-inf\""));
    EXPECT_THAT(out({"report", "own.yaml", "--format", "html"}), HasSubstr("data-value=\"-Infinity\""));
    const std::string checked = out({"check", "own.yaml"}, 1);
    EXPECT_THAT(checked, HasSubstr("repeat 1: ∞ is above 10"));
    EXPECT_THAT(checked, HasSubstr("repeat 1: -∞ is below 10"));
    EXPECT_THAT(out({"check", "own.yaml", "--format", "json"}, 1), HasSubstr("\"measured\":\"inf\""));
}

}  // namespace
}  // namespace tidemark::test
