// Axes whose values are computed: numbers, files, lines of a file, earlier results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/connection.hpp"
#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

std::string with_axis(const std::string& axis) {
    return "sweep: s\ncommand: [/bin/echo, \"{x}\"]\nmatrix:\n  x: " + axis + "\n";
}

class ComputedAxis : public SweepFile {
  protected:
    /// What the command of each run is told.
    std::vector<std::string> told(const std::string& axis, const LoadOptions& options = {}) {
        const Sweep sweep = load(with_axis(axis), options);
        std::vector<std::string> all;
        for (const RunSpec& run : sweep.runs()) all.push_back(sweep.request(run).command.back());
        return all;
    }
    std::string problem(const std::string& axis, const LoadOptions& options = {}) {
        return refusal(with_axis(axis), options);
    }
    LoadOptions with_database() const {
        LoadOptions options;
        options.database = folder / "results.db";
        return options;
    }
};

TEST_F(ComputedAxis, ARangeCountsInSteps) {
    EXPECT_THAT(told("{range: 1..4}"), ElementsAre("1", "2", "3", "4"));
    EXPECT_THAT(told("{range: 1..64 step 21}"), ElementsAre("1", "22", "43", "64"));
    EXPECT_THAT(told("{range: 1..10 step 4}"), ElementsAre("1", "5", "9"));
    EXPECT_THAT(told("{range: -1..1}"), ElementsAre("-1", "0", "1"));
    EXPECT_THAT(told("{range: 0.1..0.4 step 0.1}"), ElementsAre("0.1", "0.2", "0.3", "0.4")) << "as decimals";
    EXPECT_THAT(told("{range: 0..1 step 0.5}"), ElementsAre("0.0", "0.5", "1.0")) << "all of one type";
    EXPECT_THAT(told("{range: 1e-4..3e-4 step 1e-4}"), ElementsAre("0.0001", "0.0002", "0.0003"));
}

TEST_F(ComputedAxis, ItsNumbersAreNumbers) {
    const Sweep sweep = load(with_axis("{range: 1..2}"));
    EXPECT_EQ(sweep.runs()[0].values[0], Value(std::int64_t{1}));
    EXPECT_EQ(cell(sweep), cell(load(with_axis("[1, 2]")))) << "as if they stood in the file";
}

TEST_F(ComputedAxis, PowersOfTwoAndEqualDistances) {
    EXPECT_THAT(told("{log2: 8..64}"), ElementsAre("8", "16", "32", "64"));
    EXPECT_THAT(told("{linspace: 0..1 count 5}"), ElementsAre("0.0", "0.25", "0.5", "0.75", "1.0"));
    EXPECT_THAT(told("{linspace: 0..100 count 3}"), ElementsAre("0", "50", "100"));
    EXPECT_THAT(told("{linspace: 1..0 count 2}"), ElementsAre("1", "0"));
    EXPECT_THAT(told("{linspace: 0..1 count 4}"),
                ElementsAre("0.0", "0.3333333333333333", "0.6666666666666666", "1.0"));
}

TEST_F(ComputedAxis, NumbersThatAreWrongAreNamedWithTheirPlace) {
    EXPECT_EQ(problem("{range: 1-64}"),
              "s.yaml:4:14: matrix.x.range: must be written like '1..64' or '1..64 step 7', not '1-64'");
    EXPECT_EQ(
        problem("{range: 1..64 by 7}"),
        "s.yaml:4:14: matrix.x.range: must be written like '1..64' or '1..64 step 7', not '1..64 by 7'");
    EXPECT_EQ(problem("{range: 1..64 step 0}"),
              "s.yaml:4:14: matrix.x.range: the step must be greater than 0");
    EXPECT_EQ(problem("{range: 64..1}"),
              "s.yaml:4:14: matrix.x.range: ends before it begins; write the smaller end first, not '64..1'");
    EXPECT_EQ(problem("{range: 0..1000000}"), "s.yaml:4:14: matrix.x.range: makes more than 1000000 values");
    EXPECT_EQ(problem("{range: -9223372036854775807..9223372036854775807}"),
              "s.yaml:4:14: matrix.x.range: makes more than 1000000 values");
    EXPECT_EQ(problem("{log2: 8..1000}"),
              "s.yaml:4:13: matrix.x.log2: must be two powers of two, such as '8..1024', not '8..1000'");
    EXPECT_EQ(problem("{log2: 0..8}"),
              "s.yaml:4:13: matrix.x.log2: must be two powers of two, such as '8..1024', not '0..8'");
    EXPECT_EQ(problem("{log2: 64..8}"),
              "s.yaml:4:13: matrix.x.log2: ends before it begins; write the smaller end first, not '64..8'");
    EXPECT_EQ(
        problem("{linspace: 0..1}"),
        "s.yaml:4:17: matrix.x.linspace: must be written like '0..1 count 5', with from 2 to 1000000 values, "
        "not '0..1'");
    EXPECT_EQ(
        problem("{linspace: 0..1 count 1}"),
        "s.yaml:4:17: matrix.x.linspace: must be written like '0..1 count 5', with from 2 to 1000000 values, "
        "not '0..1 count 1'");
    EXPECT_EQ(problem("{linspace: 1..1 count 2}"),
              "s.yaml:4:17: matrix.x: '1' stands here for the second time, so two cells would be equal");
    EXPECT_EQ(problem("{rnage: 1..2}"),
              "s.yaml:4:6: matrix.x: must be a list of values, or a map with one of the keys range, log2, "
              "linspace, "
              "files, lines, sql, such as {range: 1..64 step 7}");
    EXPECT_EQ(
        refusal("sweep: s\ncommand: [/bin/true]\nmatrix:\n  (a, b): {range: 1..2}\n"),
        "s.yaml:4:19: matrix.(a, b).range: gives one value at a time, and (a, b) are several; that can 'sql' "
        "alone");
}

TEST_F(ComputedAxis, FilesAreSortedAndRelativeToTheSweep) {
    for (const char* name : {"b.txt", "a.txt", "B.txt", "c.csv", "deep/d.txt"})
        folder.write(std::string("sweeps/data/") + name, "");
    EXPECT_THAT(told("{files: \"data/*.txt\"}"), ElementsAre("data/B.txt", "data/a.txt", "data/b.txt"));
    EXPECT_THAT(told("{files: \"data/**/d.*\"}"), ElementsAre("data/deep/d.txt"));
    EXPECT_THAT(told("{files: \"data/*\"}"),
                ElementsAre("data/B.txt", "data/a.txt", "data/b.txt", "data/c.csv"))
        << "a folder is no file";
    const std::string where = (folder / "sweeps").string();
    EXPECT_EQ(problem("{files: \"data/*.json\"}"),
              "s.yaml:4:14: matrix.x.files: 'data/*.json' matches no file in " + where +
                  "; `*` stands for a part of a name, `**` for folders in any depth");
    EXPECT_EQ(problem("{files: \"\"}"),
              "s.yaml:4:14: matrix.x.files: '' matches no file in " + where +
                  "; `*` stands for a part of a name, `**` for folders in any depth");
    EXPECT_EQ(problem("{files: [a, b]}"), "s.yaml:4:14: matrix.x.files: must be a single text");
}

TEST_F(ComputedAxis, LinesAreReadAsTheirValuesInAList) {
    folder.write("sweeps/tasks.txt", "# tasks\n\n  16  \r\nsort a b\n\"quoted\"\n");
    EXPECT_THAT(told("{lines: tasks.txt}"), ElementsAre("16", "sort a b", "\"quoted\""));
    EXPECT_EQ(load(with_axis("{lines: tasks.txt}")).runs()[0].values[0], Value(std::int64_t{16}));
    folder.write("sweeps/empty.txt", "# none\n");
    folder.write("sweeps/odd.txt", "a\nyes\n");
    folder.write("sweeps/twice.txt", "a\na\n");
    EXPECT_EQ(problem("{lines: none.txt}"), "s.yaml:4:14: matrix.x.lines: there is no file none.txt");
    EXPECT_EQ(problem("{lines: empty.txt}"),
              "s.yaml:4:14: matrix.x.lines: empty.txt holds no line but blank ones and comments, so there "
              "would be no "
              "runs");
    EXPECT_EQ(
        problem("{lines: odd.txt}"),
        "s.yaml:4:14: matrix.x.lines: line 2 of odd.txt: 'yes' is a boolean in YAML 1.1 and a text in YAML "
        "1.2; write true, or \"yes\" for the text");
    EXPECT_EQ(problem("{lines: twice.txt}"),
              "s.yaml:4:14: matrix.x: 'a' stands here for the second time, so two cells would be equal");
}

TEST_F(ComputedAxis, EarlierResultsAreAsked) {
    {
        sql::Connection database(folder / "results.db", sql::Access::ReadWrite);
        database.execute(
            "CREATE TABLE results(run, batch_size, peak); INSERT INTO results VALUES ('a', 16, 5.5), "
            "('b', 128, 9.0), ('c', 64, NULL)");
    }
    EXPECT_THAT(
        told("{sql: SELECT batch_size FROM results WHERE peak > 1 ORDER BY peak DESC}", with_database()),
        ElementsAre("128", "16"));
    const Sweep linked = load(
        "sweep: s\ncommand: [/bin/echo, \"{n}\", \"{m}\"]\nmatrix:\n"
        "  (n, m): {sql: \"SELECT run, batch_size FROM results WHERE peak IS NULL\"}\n",
        with_database());
    EXPECT_THAT(names(linked), ElementsAre("n=c,m=64"));
    LoadOptions set = with_database();
    set.database = folder / "none.db";
    set.set = {"x=3"};
    EXPECT_THAT(told("{sql: SELECT batch_size FROM results}", set), ElementsAre("3")) << "nothing is asked";
}

TEST_F(ComputedAxis, AQueryThatIsWrongIsNamedWithItsPlace) {
    const std::string database = (folder / "results.db").string();
    EXPECT_EQ(problem("{sql: SELECT 1}", with_database()),
              "s.yaml:4:12: matrix.x.sql: asks for earlier results, and there is no database " + database +
                  "; first make the runs that it asks for, or name their database by --db");
    sql::Connection(folder / "results.db", sql::Access::ReadWrite).execute("CREATE TABLE results(run)");
    EXPECT_EQ(problem("{sql: SELECT 1 WHERE false}", with_database()),
              "s.yaml:4:12: matrix.x.sql: gives no row, so there would be no runs");
    EXPECT_EQ(problem("{sql: \"SELECT 1, 2\"}", with_database()),
              "s.yaml:4:12: matrix.x.sql: selects 2 columns, and 1 is wanted");
    EXPECT_EQ(problem("{sql: SELECT a, b FROM results}", with_database()),
              "s.yaml:4:22: matrix.x.b FROM results: this is no key; if it belongs to the value before it, "
              "that value "
              "holds a comma and must be quoted");
    EXPECT_EQ(problem("{sql: SELECT nme FROM results}", with_database()),
              "s.yaml:4:12: matrix.x.sql: SQLite says of " + database + ": no such column: nme");
    EXPECT_EQ(problem("{sql: DELETE FROM results}", with_database()),
              "s.yaml:4:12: matrix.x.sql: SQLite says of " + database + ": not authorized");
}

}  // namespace
}  // namespace tidemark::sweep
