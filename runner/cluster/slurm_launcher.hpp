#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "run/launcher.hpp"
#include "run/queue.hpp"
#include "sweep/slurm_options.hpp"

namespace tidemark::cluster {

/// What is known of the cluster before anything is handed to it.
struct SlurmSite {
    std::size_t largest_array = 1;

    /// Throws UsageError where Slurm refuses jobs with these options, CannotGoOn where it does not answer.
    static SlurmSite look(const sweep::SlurmOptions& options);
};

struct SlurmLauncherOptions {
    SlurmSite site{};
    sweep::SlurmOptions told{};          ///< by the sweep file
    std::filesystem::path node_program;  ///< tidemark-node, by a path that the nodes know too
    std::filesystem::path runs_folder;   ///< shared with the nodes; batches lie in its folder `slurm`
    std::string memory_method = "auto";
    int at_once = 1;  ///< runs at work at the same time, of all that are submitted
};

/// Hands runs to Slurm, in arrays of those that ask for the same, and finds out what became of them: from the
/// folders that it shares with the nodes, and from squeue, which is asked rarely and may be silent. What was
/// measured counts more than what Slurm says.
class SlurmLauncher : public run::Launcher, public run::Queue {
  public:
    /// Throws CannotGoOn where tidemark-node is missing.
    explicit SlurmLauncher(SlurmLauncherOptions options);
    ~SlurmLauncher() override;  ///< leaves to Slurm what is there

    void start(const run::Launch& launch) override;
    std::vector<std::string> wait(Seconds timeout, int wake_descriptor) override;
    void cancel(const std::string& run_id) override;
    void cancel_all(bool now) override;

    void adopt(const run::Launch& launch) override;
    std::vector<std::string> begun() override;
    std::string text() const override;
    bool has_all() const override;
    void leave() override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidemark::cluster
