// What the reference says of each key is what the reader does.
#include "sweep/key_reference.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweep/file/key_examples.hpp"
#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string place_of(const KeySection& section, const DescribedKey& key) {
    return section.path.empty() ? key.name : section.path + "." + key.name;
}

class KeyReference : public SweepFile {
  protected:
    std::string whole(const std::string& piece) {
        const std::string text = "\n" + piece + "\n";
        const auto has = [&](const char* key) { return text.find(key) != std::string::npos; };
        return std::string(has("\nsweep:") ? "" : "sweep: s\n") +
               (has("\ncommand:") || has("\nworkload:") ? "" : "command: [/bin/true]\n") + piece + "\n";
    }
};

TEST_F(KeyReference, EveryKeyHasAnExampleAndAMistake) {
    for (const KeySection& section : key_reference()) {
        for (const DescribedKey& key : section.keys) {
            const std::string place = place_of(section, key);
            EXPECT_FALSE(key.example.empty()) << place << ": write one into sweep/file/key_examples.cpp";
            EXPECT_FALSE(key.error.empty()) << place;
            EXPECT_FALSE(key.standard.empty()) << place;
        }
    }
}

TEST_F(KeyReference, EveryExampleIsOfAKeyThatThereIs) {
    std::set<std::string> places;
    for (const KeySection& section : key_reference()) {
        for (const DescribedKey& key : section.keys) places.insert(place_of(section, key));
    }
    std::set<std::string> written;
    for (const KeyExample& example : key_examples()) {
        EXPECT_THAT(places, testing::Contains(std::string(example.path)));
        EXPECT_TRUE(written.insert(std::string(example.path)).second) << example.path << " stands twice";
    }
}

TEST_F(KeyReference, EveryExampleIsRead) {
    folder.write("sweeps/base.yaml", "parameters: {a: 1}\n");
    folder.write("sweeps/tasks.txt", "one\ntwo\n");
    folder.write("sweeps/build/libmine.so", "");
    for (const KeyExample& example : key_examples()) {
        // these need a database, or another program
        if (example.path == "matrix.AXIS.sql" || example.path == "plugins") continue;
        EXPECT_EQ(refusal(whole(std::string(example.example))), "no error at all") << example.path << "\n"
                                                                                   << example.example;
    }
}

TEST_F(KeyReference, AMistakeIsToldByItsKey) {
    const auto sections = key_reference();
    const auto section = std::ranges::find(sections, "limits", &KeySection::path);
    ASSERT_NE(section, sections.end());
    EXPECT_EQ(section->keys.front().name, "memory");
    EXPECT_THAT(section->keys.front().error, HasSubstr("limits.memory: "));
    EXPECT_THAT(section->keys.front().error, Not(HasSubstr("sweep.yaml")));
}

}  // namespace
}  // namespace tidemark::sweep
