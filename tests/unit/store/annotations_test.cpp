#include "store/annotations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/column_registry.hpp"
#include "store/merge.hpp"
#include "store/write_record.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A database that has the runs a, b and c.
class Annotated : public testing::Test {
  protected:
    Annotated() {
        for (const char* id : {"a", "b", "c"}) add(database, id);
    }
    static void add(Database& into, const std::string& id) {
        run::Record record = test::example_record(id);
        record.request.sweep = "sweep-" + id;
        sql::Transaction transaction(into.connection());
        write_record(into.connection(), record);
        transaction.commit();
    }
    std::vector<std::string> tags_of(const std::string& id) {
        return annotations_of(database.connection(), id).tags;
    }
    Value value(const std::string& sql) { return database.connection().value_of(sql); }

    test::Workspace folder;
    Database database = Database::open_or_create(folder / "t.db");
};

TEST_F(Annotated, TagsAreWordsInOrderAndEachOnce) {
    EXPECT_EQ(add_tag(database, {"a", "b"}, "paper"), 2);
    EXPECT_EQ(add_tag(database, {"a"}, "draft"), 1);
    EXPECT_EQ(add_tag(database, {"a", "c"}, "paper"), 1) << "one had it";
    EXPECT_THAT(tags_of("a"), ElementsAre("draft", "paper"));
    EXPECT_EQ(value("SELECT tags FROM results WHERE run_id = 'a'"), Value("draft, paper"));
    EXPECT_EQ(value("SELECT group_concat(run_id) FROM results WHERE has_tag(tags, 'paper')"), Value("a,b,c"));
    EXPECT_EQ(value("SELECT group_concat(run_id) FROM results WHERE tags = 'paper'"), Value("b,c"));
    EXPECT_EQ(remove_tag(database, {"a", "b", "c"}, "paper"), 3);
    EXPECT_EQ(remove_tag(database, {"a"}, "paper"), 0);
    EXPECT_THAT(tags_of("a"), ElementsAre("draft"));
    EXPECT_EQ(value("SELECT count(*) FROM results WHERE tags IS NOT NULL"), Value(std::int64_t{1}));
}

TEST_F(Annotated, ATagIsOneWord) {
    for (const char* tag : {"paper", "v1.0", "final-2", "论文", "a/b", "tag=1"})
        EXPECT_EQ(problem_of_tag(tag), "");
    for (const char* tag : {"two words", "a,b", "it's", "\"", "line\nend", "\x1b[31m", "\xff"})
        EXPECT_EQ(problem_of_tag(tag),
                  "a tag is one word, without commas and quotes; `tidemark note` takes a text")
            << tag;
    EXPECT_EQ(problem_of_tag(""), "a tag has at least one letter");
    EXPECT_EQ(problem_of_tag(std::string(65, 'a')),
              "a tag has at most 64 letters; `tidemark note` takes a text");
}

TEST_F(Annotated, ANoteReplacesTheOneBefore) {
    EXPECT_EQ(set_note(database, {"a", "b"}, "it's \"odd\""), 2);
    EXPECT_EQ(set_note(database, {"a"}, "it's \"odd\""), 0);
    EXPECT_EQ(set_note(database, {"a"}, "better"), 1);
    EXPECT_EQ(annotations_of(database.connection(), "a").note, "better");
    EXPECT_EQ(annotations_of(database.connection(), "b").note, "it's \"odd\"");
    EXPECT_EQ(set_note(database, {"a"}, ""), 1);
    EXPECT_EQ(value("SELECT note FROM attempts WHERE run_id = 'a'"), Value());
}

TEST_F(Annotated, TagsAreCounted) {
    add_tag(database, {"a", "b"}, "paper");
    add_tag(database, {"a"}, "draft");
    const std::vector<TagSummary> all = tags(database.connection());
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].tag, "draft");
    EXPECT_EQ(all[1].tag, "paper");
    EXPECT_EQ(all[1].executions, 2);
    EXPECT_EQ(all[1].sweeps, 2);
    EXPECT_TRUE(has_tags(database.connection()));
    EXPECT_FALSE(has_notes(database.connection()));
}

TEST_F(Annotated, MergingJoinsThem) {
    Database source = Database::open_or_create(folder / "source.db");
    for (const char* id : {"a", "b", "d"}) add(source, id);
    add_tag(source, {"a", "d"}, "paper");
    set_note(source, {"a"}, "theirs");
    set_note(source, {"b"}, "theirs");
    add_tag(database, {"a"}, "draft");
    set_note(database, {"a"}, "ours");
    const Merged merged = merge(database, source, {}, [](std::int64_t) { return true; });
    EXPECT_EQ(merged.added, 1);
    EXPECT_EQ(merged.known, 2);
    EXPECT_EQ(merged.annotated, 2);
    EXPECT_THAT(tags_of("a"), ElementsAre("draft", "paper"));
    EXPECT_THAT(tags_of("d"), ElementsAre("paper"));
    EXPECT_THAT(tags_of("b"), IsEmpty());
    EXPECT_EQ(annotations_of(database.connection(), "a").note, "ours") << "one's own stays";
    EXPECT_EQ(annotations_of(database.connection(), "b").note, "theirs");
    EXPECT_EQ(merge(database, source, {}, [](std::int64_t) { return true; }).annotated, 0) << "once";
}

/// As a database of an earlier version is, which nobody has written to since.
TEST_F(Annotated, ADatabaseWithoutTheColumnsSaysNothing) {
    database.connection().execute(
        "DROP VIEW results; DROP VIEW attempts; ALTER TABLE runs DROP COLUMN tags; ALTER TABLE runs DROP "
        "COLUMN note");
    create_views(database.connection());
    Database earlier = Database::open_to_read(folder / "t.db");
    EXPECT_THAT(annotations_of(earlier.connection(), "a").tags, IsEmpty());
    EXPECT_FALSE(has_tags(earlier.connection()));
    EXPECT_THAT(tags(earlier.connection()), IsEmpty());
    Database target = Database::open_or_create(folder / "target.db");
    add(target, "a");
    EXPECT_EQ(merge(target, earlier, {}, [](std::int64_t) { return true; }).added, 2);
    Database later = Database::open_or_create(folder / "t.db");
    EXPECT_EQ(add_tag(later, {"a"}, "paper"), 1);
}

}  // namespace
}  // namespace tidemark::store
