#include "slurm/cluster.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "support/places.hpp"

namespace tidemark::test {
namespace {

namespace fs = std::filesystem;

struct State {
    std::string why_not;
    fs::path home;
    fs::path late;
};

State& state() {
    static State own;
    return own;
}

std::string missing_program() {
    for (const char* const program : {"slurmctld", "slurmd", "sbatch", "munged", "unshare"})
        if (!has_program(program)) return program;
    return {};
}

bool succeeds(const std::string& shell) {
    return std::system((shell + " > /dev/null 2>&1").c_str()) == 0;
}

std::string cluster(const std::string& words) {
    return std::string(test::source_dir() + "/tests/slurm/cluster.sh ") + words;
}

pid_t pid_in(const fs::path& file) {
    pid_t pid = 0;
    std::ifstream(file) >> pid;
    return pid;
}

/// Nodes of one name share their cgroups: one such cluster at a time on this machine, whoever starts it. Held
/// until this process ends.
void take_turn() {
    constexpr mode_t kMode = 0644;
    const int lock = open("/tmp/tidemark-slurm-tests.lock", O_RDWR | O_CREAT | O_CLOEXEC, kMode);
    if (lock >= 0) flock(lock, LOCK_EX);
}

/// Nodes see what is below it at once, in place of a view of it that remembers for five seconds what is not
/// there.
std::string make_late_folder(const fs::path& home) {
    if (!has_program("bindfs")) return {};
    const fs::path real = home / "shared";
    const fs::path view = home / "view";
    fs::create_directories(real);
    fs::create_directories(view);
    const std::string options = "-o attr_timeout=5,entry_timeout=5,negative_timeout=5 ";
    if (!succeeds("bindfs " + options + real.string() + " " + view.string())) return {};
    state().late = view;
    return "mount --bind " + real.string() + " " + view.string();
}

}  // namespace

void Cluster::SetUp() {
    if (const std::string program = missing_program(); !program.empty())
        state().why_not = "needs " + program + " (Debian's slurmctld, slurmd, slurm-client and munge)";
    else if (geteuid() != 0)
        state().why_not = "needs root, to start the daemons of a Slurm";
    if (!why_not().empty()) return;
    take_turn();
    char name[] = "/tmp/tidemark-slurm-XXXXXX";
    state().home = mkdtemp(name);
    const std::string mounts = make_late_folder(home());
    if (!mounts.empty()) setenv("NODE_MOUNTS", mounts.c_str(), 1);
    if (!succeeds(cluster("up " + home().string() + " 2")))
        state().why_not = "needs a Slurm that can be started here; its logs were in " + home().string();
    setenv("SLURM_CONF", (home() / "slurm.conf").c_str(), 1);
}

void Cluster::TearDown() {
    if (home().empty()) return;
    succeeds(cluster("down " + home().string()));
    if (!late_folder().empty()) succeeds("umount " + late_folder().string());
    fs::remove_all(home());
}

const std::string& Cluster::why_not() {
    return state().why_not;
}
const fs::path& Cluster::home() {
    return state().home;
}
const fs::path& Cluster::late_folder() {
    return state().late;
}
bool Cluster::enforces_memory() {
    return fs::exists("/sys/fs/cgroup/memory");
}
pid_t Cluster::controller() {
    return pid_in(home() / "slurmctld.pid");
}
pid_t Cluster::daemon(int node) {
    return pid_in(home() / ("slurmd.node" + std::to_string(node) + ".pid"));
}
void Cluster::start_daemon(int node) {
    succeeds(cluster("node " + home().string() + " " + std::to_string(node)));
    EXPECT_TRUE(
        eventually([] { return succeeds("test $(sinfo -h -N -p debug -o %t | grep -cx idle) = 2"); }));
}

void SlurmSweep::sweep(const std::string& shell, const std::string& more) {
    folder.write_script("program.sh", "#!/bin/sh\n" + shell + "\n");
    const bool has_parameters = more.find("matrix:") != std::string::npos;
    folder.write("s.yaml", "sweep: s\ncommand: [./program.sh" +
                               std::string(has_parameters ? ", \"{n}\"" : "") + "]\nobserve: false\n" + more);
}

Started SlurmSweep::start(std::vector<std::string> options) {
    const std::vector<std::string> words{"run", "s.yaml", "--on", "slurm"};
    options.insert(options.begin(), words.begin(), words.end());
    return folder.start_tidemark(options);
}

std::string SlurmSweep::query(const std::string& sql, const std::string& database) {
    const std::string table = folder.tidemark({"query", sql, "--format", "csv", "--db", database}).out;
    return table.substr(table.find('\n') + 1);
}

std::string SlurmSweep::ending() {
    return query("SELECT status || ': ' || reason FROM results");
}

bool SlurmSweep::appears(const std::string& file) {
    return eventually([&] { return fs::exists(folder / file); });
}

bool SlurmSweep::says(const Started& started, const std::string& text) {
    return eventually([&] { return started.err().find(text) != std::string::npos; });
}

std::string SlurmSweep::queue() {
    return folder
        .run({"sh", "-c",
              "squeue --noheader --format '%Z %T' | grep -F '" + folder.path().string() +
                  "' | cut -d ' ' -f 2"})
        .out;
}

void SlurmSweep::expect_nothing_left() {
    std::error_code error;
    EXPECT_TRUE(fs::is_empty(folder / "results/runs/slurm", error) || error) << "a batch is left";
    EXPECT_EQ(query("SELECT count(*) FROM claims"), "0\n");
    EXPECT_TRUE(eventually([&] { return queue().empty(); })) << queue();
}

pid_t parent_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::stringstream content;
    content << file.rdbuf();
    const std::string text = content.str();
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    char state = 0;
    pid_t parent = 0;
    fields >> state >> parent;
    return parent;
}

}  // namespace tidemark::test

int main(int count, char** words) {
    testing::InitGoogleTest(&count, words);
    testing::AddGlobalTestEnvironment(new tidemark::test::Cluster);  // which GoogleTest deletes
    constexpr int kSkipped = 77;
    const int failed = RUN_ALL_TESTS();
    return failed == 0 && !tidemark::test::Cluster::why_not().empty() ? kSkipped : failed;
}
