// What of a command only a shell would understand.
#include "sweep/command_notes.hpp"

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

class CommandNotes : public SweepFile {
  protected:
    std::vector<std::string> of(const std::string& command) {
        return notes_on_command(load("sweep: s\ncommand: " + command + "\n"));
    }
};

TEST_F(CommandNotes, NameEachWordOfAShellOnce) {
    EXPECT_EQ(
        of("[prog, a, '>', out.txt, '2>&1', '|', tee, '|', cat]"),
        (std::vector<std::string>{
            "'>' in the command is an argument of prog, since there is no shell; for one write [sh, -c, '…']",
            "'2>&1' in the command is an argument of prog, since there is no shell; for one write [sh, -c, "
            "'…']",
            "'|' in the command is an argument of prog, since there is no shell; for one write [sh, -c, "
            "'…']"}));
    EXPECT_EQ(of("[/usr/bin/prog, '&&', b]"),
              std::vector<std::string>{
                  "'&&' in the command is an argument of prog, since there is no shell; for one "
                  "write [sh, -c, '…']"});
    for (const std::string word : {">>", ">out", "2>/dev/null", "&>", "<", "||", "&"})
        EXPECT_EQ(of("[prog, '" + word + "']").size(), 1U) << word;
}

TEST_F(CommandNotes, LeaveAloneWhatIsMeant) {
    for (const std::string command : {"[sh, -c, 'a > b && c | d']", "[expr, 3, '>', 2]",
                                      "[prog, '>=', 'a>b', '<b>', '-', '1']", "[prog]"})
        EXPECT_EQ(of(command), std::vector<std::string>{}) << command;
}

}  // namespace
}  // namespace tidemark::sweep
