#include "sweep/file/definition.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

constexpr std::array<std::string_view, 15> kKeys{
    "sweep", "description", "workload", "command", "parameters",  "matrix", "derive", "exclude",
    "runs",  "repeat",      "order",    "limits",  "environment", "cwd",    "stdin"};
constexpr std::array<std::string_view, 14> kMoreKeys{
    "observe", "inherit", "inputs", "accept_exit", "setup",   "teardown",    "requires",
    "warmup",  "capture", "checks", "tables",      "plugins", "heap_layout", "keep"};
class DefinitionReader {
  public:
    DefinitionReader(Definition& out, Problems& problems) : out_(out), problems_(problems) {}

    void read(const Node& root) {
        if (root.kind != Node::Kind::Map) {
            problems_.add(root.position, "", "a sweep file is a map of keys, beginning with 'sweep: NAME'");
            return;
        }
        check_keys(root);
        with(root, "sweep",
             [&](const Node& node) { out_.name = read_text(node, "sweep", problems_).value_or(""); });
        if (root.find("sweep") == nullptr)
            problems_.add(root.position, "sweep", "missing; give the sweep a name");
        else if (out_.name.empty())
            problems_.add(root.find("sweep")->position, "sweep", "must not be empty");
        with(root, "description", [&](const Node& node) {
            out_.description = read_text(node, "description", problems_).value_or("");
        });
        read_program(root);
        with(root, "parameters",
             [&](const Node& node) { out_.parameters = read_parameters(node, "parameters", problems_); });
        with(root, "matrix", [&](const Node& node) {
            out_.has_matrix = true;
            out_.matrix_position = node.position;
            out_.matrix = read_matrix(node, problems_);
        });
        with(root, "derive", [&](const Node& node) { out_.derive = read_derive(node, problems_); });
        with(root, "exclude", [&](const Node& node) {
            out_.exclude_position = node.position;
            out_.exclude = read_exclude(node, problems_);
        });
        with(root, "runs", [&](const Node& node) { out_.runs = read_runs(node, problems_); });
        with(root, "repeat", [&](const Node& node) { read_repeat(node); });
        with(root, "order", [&](const Node& node) { read_order(node); });
        with(root, "limits", [&](const Node& node) { out_.limits = read_limits(node, problems_); });
        with(root, "heap_layout", [&](const Node& node) { read_heap_layout(node); });
        with(root, "environment", [&](const Node& node) { read_environment(node); });
        with(root, "inherit", [&](const Node& node) { out_.inherit = read_inherit(node, problems_); });
        with(root, "cwd",
             [&](const Node& node) { out_.working_directory = read_template(node, "cwd", problems_); });
        with(root, "stdin",
             [&](const Node& node) { out_.stdin_file = read_template(node, "stdin", problems_); });
        with(root, "inputs", [&](const Node& node) { out_.inputs = read_inputs(node, problems_); });
        with(root, "accept_exit",
             [&](const Node& node) { out_.accept_exit = read_accept_exit(node, problems_); });
        with(root, "plugins", [&](const Node& node) {
            out_.plugins_position = node.position;
            out_.plugins = read_plugins(node, out_.folder, problems_);
        });
        with(root, "setup", [&](const Node& node) { out_.setup = read_steps(node, "setup", problems_); });
        with(root, "teardown",
             [&](const Node& node) { out_.teardown = read_steps(node, "teardown", problems_); });
        with(root, "requires",
             [&](const Node& node) { out_.requirements = read_requirements(node, problems_); });
        with(root, "warmup", [&](const Node& node) { out_.warmup = read_warmup(node, problems_); });
        with(root, "capture", [&](const Node& node) { out_.capture = read_captures(node, problems_); });
        with(root, "keep", [&](const Node& node) { out_.keep = read_keep(node, problems_); });
        with(root, "observe", [&](const Node& node) { out_.observe = read_observe(node, problems_); });
        with(root, "checks",
             [&](const Node& node) { out_.checks = read_checks(node, out_.capture, problems_); });
        with(root, "tables", [&](const Node& node) { out_.tables = read_tables(node, problems_); });
    }

  private:
    void with(const Node& root, std::string_view key, const auto& read) {
        if (const Node* node = root.find(key)) read(*node);
    }

    void check_keys(const Node& root) {
        std::vector<std::string_view> known(kKeys.begin(), kKeys.end());
        known.insert(known.end(), kMoreKeys.begin(), kMoreKeys.end());
        check_members(root, "", known, problems_);
    }

    void read_program(const Node& root) {
        const Node* workload = root.find("workload");
        const Node* command = root.find("command");
        if (workload != nullptr) out_.workload = read_template(*workload, "workload", problems_);
        if (command != nullptr) read_command(*command);
        if (workload != nullptr && command != nullptr) {
            problems_.add(command->position, "command", "a sweep has a workload or a command, not both");
        } else if (workload == nullptr && command == nullptr) {
            problems_.add(root.position, "workload",
                          "missing; name a built-in workload ('workload: train') or a program ('command: "
                          "[PROGRAM, ARGUMENT…]')");
        }
    }

    void read_command(const Node& node) {
        out_.command_position = node.position;
        if (node.kind != Node::Kind::List || node.items.empty()) {
            problems_.add(node.position, "command",
                          "must be a list of the program and its arguments, such as [python3, train.py]; for "
                          "a shell write [sh, -c, '…']");
            return;
        }
        for (const Node& item : node.items) {
            if (auto text = read_template(item, "command", problems_))
                out_.command.push_back(std::move(*text));
        }
    }

    void read_repeat(const Node& node) {
        constexpr std::int64_t kMostRepeats = 100'000;
        if (!read_text(node, "repeat", problems_)) return;
        const Value value = scalar_value(node);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || *number < 1 || *number > kMostRepeats) {
            problems_.add(node.position, "repeat",
                          fmt::format("must be an integer from 1 to {}, not '{}'", kMostRepeats, node.text));
            return;
        }
        out_.repeat = static_cast<int>(*number);
    }

    void read_order(const Node& node) {
        read_choice<Order>(
            node, "order",
            {{"interleaved", Order::Interleaved}, {"listed", Order::Listed}, {"shuffled", Order::Shuffled}},
            "interleaved, listed or shuffled", out_.order);
    }

    void read_heap_layout(const Node& node) {
        using protocol::HeapLayout;
        read_choice<HeapLayout>(node, "heap_layout",
                                {{"same", HeapLayout::Same}, {"varied", HeapLayout::Varied}},
                                "same or varied", out_.heap_layout);
    }

    template <typename Choice>
    void read_choice(const Node& node, const std::string& key,
                     const std::vector<std::pair<std::string_view, Choice>>& choices, const char* list,
                     Choice& out) {
        if (!read_text(node, key, problems_)) return;
        std::vector<std::string_view> names;
        for (const auto& [name, choice] : choices) {
            if (name == node.text) {
                out = choice;
                return;
            }
            names.push_back(name);
        }
        problems_.add(node.position, key,
                      fmt::format("must be {}, not '{}'{}", list, node.text, did_you_mean(node.text, names)));
    }

    void read_environment(const Node& node) {
        if (!require_map(node, "environment", "{OMP_NUM_THREADS: 2}", problems_)) return;
        for (const auto& [name, value] : node.members) {
            const std::string key = "environment." + name.text;
            if (name.text.empty() || name.text.find('=') != std::string::npos) {
                problems_.add(name.position, key, "a variable's name must not be empty nor hold '='");
            } else if (auto text = read_template(value, key, problems_)) {
                out_.environment.emplace_back(name.text, std::move(*text));
            }
        }
        // as the child has no order of them either, they must not make a difference to the cell
        std::ranges::sort(out_.environment, {}, &std::pair<std::string, GivenTemplate>::first);
    }

    Definition& out_;
    Problems& problems_;
};

}  // namespace

Definition read_definition(const std::filesystem::path& file, Problems& problems) {
    Definition out;
    out.file = file.string();
    out.folder = std::filesystem::absolute(file).lexically_normal().parent_path();
    const Node root = read_yaml(file, problems);
    if (!problems.any() || root.kind == Node::Kind::Map) DefinitionReader(out, problems).read(root);
    return out;
}

}  // namespace tidemark::sweep
