#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"
#include "store/database.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// Brackets within brackets, deep enough to fill any stack that is walked by recursion.
class DeepNesting : public OwnProgram {
  protected:
    static constexpr std::size_t kLevels = 200'000;
    static std::string nested() { return std::string(kLevels, '[') + std::string(kLevels, ']'); }

    void make_one_run() {
        ASSERT_EQ(run("command: [\"true\"]\n").exit_code, 0);
        ASSERT_EQ(run("command: [\"true\"]\nmatrix: {n: [1]}\n").exit_code, 0);
    }
    void put_into_database(const std::string& column) {
        store::Database database = store::Database::open_or_create(folder / "results/tidemark.db");
        database.connection()
            .prepare("UPDATE runs SET " + column + " = ?")
            .bind_all(std::string_view("{\"run_id\":" + nested() + "}"))
            .run();
    }
};

TEST_F(DeepNesting, OfAnEventIsAWarningOfItsRun) {
    folder.write("deep.jsonl", "{\"event\":\"metric\",\"name\":\"a\",\"value\":1,\"epoch\":" + nested() +
                                   "}\n" + "{\"event\":\"metric\",\"name\":\"loss\",\"value\":2}\n");
    const Finished said = run("command: [sh, -c, 'cat deep.jsonl >> \"$TIDEMARK_EVENTS\"']\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(
        query("SELECT text FROM warnings WHERE text LIKE '%events%'"),
        "text\n\"1 line of events.jsonl is passed over; the first is line 1: nested more than 100 levels "
        "deep, at byte 147\"\n");
    EXPECT_EQ(query("SELECT loss FROM results"), "loss\n2.0\n");
}

TEST_F(DeepNesting, OfACapturedFileIsWhatItsRunLacks) {
    folder.write("deep.txt", nested());
    const Finished said = run(
        "command: [cp, deep.txt, out.json]\ninputs: [deep.txt]\ncapture: {acc: {json: out.json, at: /0}}\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("out.json: nested more than 100 levels deep, at byte 101)"));
}

TEST_F(DeepNesting, InADatabaseIsNamedByShowAndCompare) {
    make_one_run();
    const std::string problem =
        " in the database is damaged: nested more than 100 levels deep, at byte 110; `tidemark query` reads "
        "the other columns of `attempts`\n";
    put_into_database("request");
    const std::string id = query("SELECT run_id FROM results WHERE run = 'own'").substr(7);
    const std::string run_id = id.substr(0, id.find('\n'));
    const Finished shown = folder.tidemark({"show", "own"});
    EXPECT_EQ(shown.exit_code, 3);
    EXPECT_EQ(shown.err, "tidemark: the request of run " + run_id + problem);
    const Finished compared = folder.tidemark({"compare", "run:own/own", "run:own/n=1"});
    EXPECT_EQ(compared.exit_code, 3);
    EXPECT_THAT(compared.err, HasSubstr(problem));
    EXPECT_EQ(folder.tidemark({"list", "--sweep", "own"}).exit_code, 0);
    // and it keeps nothing from being made
    EXPECT_EQ(run("command: [\"true\"]\nmatrix: {n: [1, 2]}\n").exit_code, 0);
}

}  // namespace
}  // namespace tidemark::test
