#include <cstdlib>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "protocol/request.hpp"
#include "sweep/secret_key.hpp"
#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Secrets : public SweepFile {
  protected:
    Secrets() { setenv("XDG_STATE_HOME", folder.path().c_str(), 1); }
    ~Secrets() override { unsetenv("XDG_STATE_HOME"); }
    protocol::Request request(const std::string& text, const LoadOptions& options = {}) {
        const Sweep sweep = load(text, options);
        return sweep.request(sweep.runs().front());
    }
    static std::string stored(const protocol::Request& request) { return protocol::to_json(request).dump(); }
    std::string problem_of(const std::string& text, const LoadOptions& options = {}) {
        try {
            load("sweep: s\n" + text, options);
        } catch (const UsageError& error) {
            const std::string said = error.what();
            return said.substr(said.find("s.yaml:") + 7);
        }
        return "no problem";
    }
    static constexpr const char* kSweep =
        "sweep: s\ncommand: [sh, -c, 'curl -H {api_key} http://x']\nparameters: {api_key: ''}\n"
        "environment: {AUTHORISATION: 'Bearer {api_key}', PIN: 1234}\nsecrets: [api_key, PIN]\n";
};

TEST_F(Secrets, AreInTheRequestForTheProgramAlone) {
    const protocol::Request own = request(kSweep, {.set = {"api_key=hunter2"}});
    EXPECT_THAT(stored(own), Not(HasSubstr("hunter2")));
    EXPECT_THAT(stored(own), Not(HasSubstr("1234\"")));
    EXPECT_EQ(protocol::revealed(own.command[2], own.secrets), "curl -H hunter2 http://x");
    EXPECT_EQ(protocol::revealed(own.environment.at("AUTHORISATION"), own.secrets), "Bearer hunter2");
    EXPECT_EQ(protocol::revealed(own.environment.at("PIN"), own.secrets), "1234");
    EXPECT_TRUE(is_hidden(own.environment.at("PIN")));
}

TEST_F(Secrets, ArePartOfTheKey) {
    const auto key_with = [&](const std::string& secret) {
        return key(load(kSweep, {.set = {"api_key=" + secret}}));
    };
    EXPECT_EQ(key_with("hunter2"), key_with("hunter2"));
    EXPECT_NE(key_with("hunter2"), key_with("hunter3"));
    // as `report` reads it from what is stored
    EXPECT_EQ(key_with("hunter2"), key_with(hidden("hunter2")));
    EXPECT_EQ(load(kSweep, {.set = {"api_key=" + hidden("hunter2")}}).secret_without_value(), "api_key");
    EXPECT_EQ(load(kSweep, {.set = {"api_key=hunter2"}}).secret_without_value(), "");
}

TEST_F(Secrets, OfTheCallersEnvironmentArePartOfTheKeyToo) {
    const std::string text = "sweep: s\ncommand: [/bin/true]\nsecrets: [MY_LOGIN]\n";
    setenv("MY_LOGIN", "hunter2", 1);
    const protocol::Request own = request(text);
    const std::string before = key(load(text));
    setenv("MY_LOGIN", "hunter3", 1);
    EXPECT_NE(key(load(text)), before);
    unsetenv("MY_LOGIN");
    EXPECT_NE(key(load(text)), before);
    EXPECT_TRUE(is_hidden(own.variables.at("MY_LOGIN")));
    EXPECT_EQ(protocol::concealed("login hunter2 refused", own.secrets),
              "login " + own.variables.at("MY_LOGIN") + " refused");
}

TEST_F(Secrets, AreShownAsWhatStandsInTheirPlace) {
    const Sweep sweep = load(kSweep, {.set = {"api_key=hunter2"}});
    EXPECT_EQ(sweep.shown_set("api_key=hunter2"), "api_key=" + hidden("hunter2"));
    EXPECT_EQ(sweep.shown_set("other=1"), "other=1");
    EXPECT_THAT(sweep.parameters(sweep.runs().front()),
                Contains(std::pair<std::string, Value>("api_key", hidden("hunter2"))));
}

TEST_F(Secrets, ThatWouldBeStoredAllTheSameAreRefused) {
    EXPECT_EQ(problem_of("command: [x, '{pin}']\nmatrix: {pin: [a, b]}\nsecrets: [pin]\n"),
              "4:11: secrets: 'pin' is an axis of the matrix, and its values are in the names of the runs; "
              "give it in "
              "parameters, and by --set");
    EXPECT_EQ(problem_of("command: [x]\ncwd: 'a/{pin}'\nparameters: {pin: a}\nsecrets: [pin]\n"),
              "5:11: secrets: 'pin' stands in cwd, which is stored and shown; only command, environment, and "
              "the setup "
              "and teardown of each run can hold it");
    EXPECT_EQ(
        problem_of("command: [x]\nparameters: {pin: a}\nderive: {url: \"'x' || pin\"}\nsecrets: [pin]\n"),
        "5:11: secrets: 'pin' stands in the expression of derive.url, which does not see its value");
    EXPECT_EQ(problem_of("command: [x]\nparameters: {n: 1}\nderive: {pin: n + 1}\nsecrets: [pin]\n"),
              "5:11: secrets: 'pin' is derived; name the parameter that it is derived of");
    EXPECT_EQ(problem_of("command: [x]\nparameters: {pin: a}\nsecrets: [pin]\n", {.only = "pin = 'a'"}),
              "4:11: secrets: 'pin' stands in the expression of --only, which does not see its value");
    EXPECT_EQ(problem_of("workload: train\nparameters: {model: h2q}\nsecrets: [model]\n"),
              "4:11: secrets: 'model' is a parameter of a workload, which reads it from request.json, where "
              "it would "
              "be stored; give the workload the secret as a variable");
    EXPECT_EQ(
        problem_of("command: [x]\nparameters: {n: 1}\nenvironment: {PIN: '12{n}'}\nsecrets: [PIN]\n"),
        "5:11: secrets: environment.PIN is put together of parameters; name the one that is the secret, here "
        "'n'");
}

TEST_F(Secrets, ThatAreNotThereAreSlips) {
    EXPECT_EQ(problem_of("command: [x]\nparameters: {api_key: ''}\nsecrets: [api_kee]\n"),
              "4:11: secrets: there is no parameter and no variable 'api_kee' (did you mean 'api_key'?)");
    EXPECT_EQ(problem_of("command: [x]\nenvironment: {HF_TOKEN: a}\nsecrets: [HF_TOKNE]\n"),
              "4:11: secrets: there is no parameter and no variable 'HF_TOKNE' (did you mean 'HF_TOKEN'?)");
    EXPECT_EQ(problem_of("command: [x]\nsecrets: [NOT_SET_HERE]\n"), "no problem")
        << "it may be set elsewhere";
}

TEST_F(Secrets, AreAListOfNames) {
    EXPECT_EQ(problem_of("command: [x]\nsecrets: HF_TOKEN\n"),
              "3:10: secrets: must be a list of variables and parameters, such as [HF_TOKEN, api_key]");
    EXPECT_EQ(problem_of("command: [x]\nsecrets: ['A=1']\n"),
              "3:11: secrets: name a variable or a parameter, and never its value, which would be in the "
              "file for all "
              "to read");
    EXPECT_EQ(problem_of("command: [x]\nsecrets: [A, A]\n"), "3:14: secrets: 'A' is named twice");
}

}  // namespace
}  // namespace tidemark::sweep
