// The table of keys, and what is made of it.
#include "sweep/file/grammar.hpp"

#include <regex>

#include <nlohmann/json.hpp>

#include "protocol/event.hpp"
#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

class Grammar : public SweepFile {};

constexpr const char* kStart = "sweep: s\ncommand: [prog]\n";

TEST_F(Grammar, EachKeyIsReadAndStandsInTheSchema) {
    const auto schema = nlohmann::json::parse(sweep_file_schema());
    EXPECT_EQ(schema["properties"].size(), top_keys().size());
    for (const Key& key : top_keys()) {
        EXPECT_EQ(schema["properties"][std::string(key.name)]["description"], key.meaning);
        const std::string message = refusal(std::string(key.name) + ":\n");
        EXPECT_EQ(message.find("unknown key"), std::string::npos) << message;
    }
    EXPECT_EQ(schema["properties"]["limits"]["properties"].size(), limit_keys().size());
    EXPECT_EQ(schema["properties"]["repeat"]["anyOf"][0]["maximum"], kMostRepeats);
    EXPECT_EQ(schema["additionalProperties"], false);
}

TEST_F(Grammar, LimitsAreThoseOfTheProtocol) {
    protocol::Limits limits;
    std::vector<std::string_view> names;
    protocol::for_each_limit(limits,
                             [&](const protocol::LimitName& name, auto&) { names.push_back(name.key); });
    std::vector<std::string_view> known;
    for (const Key& key : limit_keys()) known.push_back(key.name);
    EXPECT_EQ(known, names);
}

TEST_F(Grammar, EveryWordOfAChoiceIsRead) {
    for (const auto& [word, order] : kOrders)
        EXPECT_EQ(load(kStart + ("order: " + std::string(word) + "\n")).order(), order);
    for (const auto& [word, enforcement] : kEnforcements)
        EXPECT_EQ(load(kStart + ("limits: {enforce: " + std::string(word) + "}\n")).limits().enforcement,
                  enforcement);
}

TEST_F(Grammar, NamesOfMetricsAreThoseThatBecomeColumns) {
    const std::regex pattern{std::string(kMetricPattern)};
    for (const std::string name : {"a", "_", "batch_size", "a1", "1a", "A", "a-b", "a.b", "", "ä"})
        EXPECT_EQ(std::regex_search(name, pattern), protocol::is_valid_name(name)) << name;
    for (const std::size_t length : {64U, 65U}) {
        const std::string name(length, 'a');
        EXPECT_EQ(std::regex_search(name, pattern), protocol::is_valid_name(name)) << length;
    }
}

TEST_F(Grammar, NamesOfParametersMayHaveDotsDashesAndCapitals) {
    const std::regex pattern{std::string(kParameterPattern)};
    for (const std::string name : {"a", "_", "a1", "1a", "A", "a-b", "a.b", "a b", "\u00e4"}) {
        const std::string text = "sweep: s\ncommand: [prog]\nparameters: {\"" + name + "\": 1}\n";
        EXPECT_EQ(std::regex_search(name, pattern), refusal(text) == "no error at all") << name;
    }
}

TEST_F(Grammar, KnowsTheWordsOfOtherTools) {
    const auto message = [&](const std::string& key) { return refusal(kStart + key + ": {}\n"); };
    EXPECT_EQ(message("env"), "s.yaml:3:1: env: unknown key (did you mean 'environment'?)");
    EXPECT_EQ(message("params"), "s.yaml:3:1: params: unknown key (did you mean 'parameters'?)");
    EXPECT_EQ(message("grid"), "s.yaml:3:1: grid: unknown key (did you mean 'matrix'?)");
    EXPECT_EQ(message("timeout"), "s.yaml:3:1: timeout: unknown key (did you mean 'limits: {wall: …}'?)");
    EXPECT_EQ(message("extends"), "s.yaml:3:1: extends: unknown key (did you mean 'include'?)");
    EXPECT_EQ(message("name"), "s.yaml:3:1: name: unknown key (did you mean 'sweep'?)");
    EXPECT_EQ(refusal(std::string(kStart) + "limits: {timeout: 2 h}\n"),
              "s.yaml:3:10: limits.timeout: unknown key (did you mean 'wall'?)");
    EXPECT_EQ(refusal("sweep: s\ncommand: [prog, \"{batch}\"]\nmatrix: {batch_size: [1, 2]}\n"),
              "s.yaml:2:17: command: the placeholder '{batch}' names no parameter (did you mean "
              "'batch_size'?); write '{{' for a brace");
}

class WrittenByPeople : public SweepFile {};

TEST_F(WrittenByPeople, TabsAreAllowedWhereIndentationMeansNothing) {
    const Sweep sweep = load(
        "sweep: s\ncommand:\n  - sh\n  - -c\n  - |\n    if true; then\n    \techo a\n    fi\n"
        "matrix: {\n\ta: [1,\n\t\t2],\n\tb: ['x\n\ty']}\n");
    EXPECT_EQ(sweep.request(sweep.runs().front()).command.back(), "if true; then\n\techo a\nfi\n");
    EXPECT_EQ(sweep.runs().size(), 2U);
    EXPECT_EQ(load("description: &d |\n  a\n  \tb\n" + std::string(kStart)).description(), "a\n\tb\n");
    EXPECT_EQ(load("{\n\t\"sweep\": \"s\",\n\t\"command\": [\"prog\"]\n}\n").name(), "s");
}

TEST_F(WrittenByPeople, TabsInTheIndentationAreRefused) {
    const std::string why = ": a tab in the indentation; YAML indents with blanks";
    EXPECT_EQ(refusal("sweep: s\nmatrix:\n\ta: [1]\n"), "s.yaml:3:1" + why);
    EXPECT_EQ(refusal("sweep: s\nmatrix: # it's [\n  \ta: [1]\n"), "s.yaml:3:3" + why);
    EXPECT_EQ(refusal("description: |\n  text\n  \tmore\nmatrix:\n\ta: [1]\n"), "s.yaml:5:1" + why);
    EXPECT_EQ(refusal("description: a [ b\nmatrix:\n\ta: [1]\n"), "s.yaml:3:1" + why);
    EXPECT_EQ(refusal("description: it's\nmatrix:\n\ta: [1]\n"), "s.yaml:3:1" + why);
}

TEST_F(WrittenByPeople, KeysThatBeginWithXHoldWhatIsShared) {
    const Sweep sweep = load("x-sizes: &sizes [16, 32]\nx-notes: {a: yes, a: 010}\n" + std::string(kStart) +
                             "matrix: {size: *sizes}\n");
    EXPECT_EQ(sweep.runs().size(), 2U);
    EXPECT_EQ(cell(sweep), cell(load(std::string(kStart) + "matrix: {size: [16, 32]}\n")));
}

TEST_F(WrittenByPeople, WhatIsSharedIsCheckedWhereItIsUsed) {
    EXPECT_EQ(
        refusal("x-sizes: &sizes [yes]\n" + std::string(kStart) + "matrix: {size: *sizes}\n"),
        "s.yaml:1:18: matrix.size: 'yes' is a boolean in YAML 1.1 and a text in YAML 1.2; write true, or "
        "\"yes\" for the text");
    EXPECT_EQ(
        refusal("x-a: &a {b: 1}\n" + std::string(kStart) + "parameters: {<<: *a}\n"),
        "s.yaml:4:14: parameters.<<: merge keys are not part of YAML 1.2; write the members out, or use an "
        "alias as a value");
    EXPECT_EQ(refusal(std::string(kStart) + "limits: {x-a: 1}\n"), "s.yaml:3:10: limits.x-a: unknown key");
}

TEST_F(WrittenByPeople, WhatNearlyBeginsWithXIsToldWhatDoes) {
    const auto message = [&](const std::string& key) { return refusal(kStart + key + ": [1]\n"); };
    EXPECT_EQ(message("x_sizes"), "s.yaml:3:1: x_sizes: unknown key (did you mean 'x-sizes'?)");
    EXPECT_EQ(message("X-sizes"), "s.yaml:3:1: X-sizes: unknown key (did you mean 'x-sizes'?)");
    EXPECT_EQ(message("xsizes"), "s.yaml:3:1: xsizes: unknown key");
    EXPECT_EQ(refusal("x-a: [1\n" + std::string(kStart)).substr(0, 22), "s.yaml:2:6: not YAML: ");
    EXPECT_EQ(refusal(std::string(kStart) + "x-a: 1\nx-a: 2\n"),
              "s.yaml:4:1: x-a: the key stands here for the second time; the first is in line 3");
}

TEST_F(WrittenByPeople, APlaceholderWithoutQuotesIsToldToQuoteIt) {
    EXPECT_EQ(
        refusal("sweep: s\ncommand: [prog, {size}]\nmatrix: {size: [1]}\n"),
        "s.yaml:2:17: command: {size} is a map to YAML; for the value of a parameter quote it: \"{size}\"");
    EXPECT_EQ(
        refusal("sweep: s\ncommand:\n  - prog\n  - {size}\nmatrix: {size: [1]}\n"),
        "s.yaml:4:5: command: {size} is a map to YAML; for the value of a parameter quote it: \"{size}\"");
    EXPECT_EQ(
        refusal("sweep: s\ncommand: [prog, --size={size}]\nmatrix: {size: [1]}\n"),
        "s.yaml:2:24: not YAML: end of sequence flow not found; a word with braces must be quoted here, in "
        "line 2: \"--size={size}\"");
    EXPECT_EQ(
        refusal("sweep: s\ncommand: [prog, {size}.txt]\nmatrix: {size: [1]}\n"),
        "s.yaml:2:23: not YAML: end of sequence flow not found; a word with braces must be quoted here, in "
        "line 2: \"{size}.txt\"");
}

}  // namespace
}  // namespace tidemark::sweep
