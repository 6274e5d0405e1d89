#include "sweep/file/definition.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sweep/file/include.hpp"
#include "sweep/file/scalar.hpp"
#include "sweep/load_options.hpp"

namespace tidemark::sweep {

std::optional<std::size_t> Axis::find(std::string_view name) const {
    const auto found = std::ranges::find(names, name, &AxisName::name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

namespace {

class DefinitionReader {
  public:
    DefinitionReader(Definition& out, Problems& problems) : out_(out), problems_(problems) {}

    void read(const Node& root) {
        if (root.kind != Node::Kind::Map) {
            problems_.add(root.position, "", "a sweep file is a map of keys, beginning with 'sweep: NAME'");
            return;
        }
        check_members(root, "", top_keys(), problems_);
        with(root, "sweep",
             [&](const Node& node) { out_.name = read_text(node, "sweep", problems_).value_or(""); });
        if (const Node* name = root.find("sweep"); name != nullptr && out_.name.empty())
            problems_.add(name->position, "sweep", "must not be empty");
        with(root, "description", [&](const Node& node) {
            out_.description = read_text(node, "description", problems_).value_or("");
        });
        read_program(root);
        with(root, "parameters",
             [&](const Node& node) { out_.parameters = read_parameters(node, "parameters", problems_); });
        with(root, "matrix", [&](const Node& node) {
            out_.has_matrix = true;
            out_.matrix_position = node.position;
            read_matrix(node, out_, problems_);
        });
        with(root, "derive", [&](const Node& node) { out_.derive = read_derive(node, problems_); });
        with(root, "exclude", [&](const Node& node) {
            out_.exclude_position = node.position;
            out_.exclude = read_exclude(node, problems_);
        });
        with(root, "each", [&](const Node& node) {
            out_.each_position = node.position;
            out_.each = read_variants(node, problems_);
            check_each(root);
        });
        with(root, "runs", [&](const Node& node) { out_.runs = read_runs(node, out_, problems_); });
        with(root, "repeat",
             [&](const Node& node) { out_.repeat = read_repeats(node, "repeat", problems_); });
        with(root, "order", [&](const Node& node) { read_order(node); });
        with(root, "limits",
             [&](const Node& node) { out_.limits = read_limits(node, out_.limits_to_fill, problems_); });
        with(root, "heap_layout", [&](const Node& node) { read_heap_layout(node); });
        with(root, "environment", [&](const Node& node) { read_environment(node); });
        with(root, "inherit", [&](const Node& node) { out_.inherit = read_inherit(node, problems_); });
        with(root, "secrets", [&](const Node& node) { out_.secrets = read_secrets(node, problems_); });
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
        with(root, "service", [&](const Node& node) { out_.service = read_service(node, problems_); });
        with(root, "retries", [&](const Node& node) { out_.retries = read_retries(node, problems_); });
        with(root, "stop_after",
             [&](const Node& node) { out_.stop_after = read_stop_after(node, problems_); });
        with(root, "slurm", [&](const Node& node) { out_.slurm = read_slurm(node, problems_); });
        with(root, "requires",
             [&](const Node& node) { out_.requirements = read_requirements(node, problems_); });
        with(root, "warmup", [&](const Node& node) { out_.warmup = read_warmup(node, "warmup", problems_); });
        with(root, "capture", [&](const Node& node) { out_.capture = read_captures(node, problems_); });
        with(root, "keep", [&](const Node& node) { out_.keep = read_keep(node, problems_); });
        with(root, "observe", [&](const Node& node) { out_.observe = read_observe(node, problems_); });
        with(root, "checks",
             [&](const Node& node) { out_.checks = read_checks(node, out_.capture, problems_); });
        with(root, "goal", [&](const Node& node) { out_.goal = read_goal(node, out_.capture, problems_); });
        with(root, "tables", [&](const Node& node) { out_.tables = read_tables(node, problems_); });
    }

  private:
    /// What is of the wrong kind is told by check_members, and read no further.
    void with(const Node& root, std::string_view key, const auto& read) {
        const Node* const node = root.find(key);
        if (node == nullptr) return;
        const Key& own = *std::ranges::find(top_keys(), key, &Key::name);
        if (own.must.empty() || fits(*node, own.shape)) read(*node);
    }

    void check_each(const Node& root) {
        if (root.find("matrix") == nullptr)
            problems_.add(
                out_.each_position, "each",
                "makes variants of every cell of a matrix, and there is no matrix; runs of their own "
                "belong to 'runs'");
        for (const NamedRun& variant : out_.each) {
            for (const GivenParameter& parameter : variant.parameters) check_variant(variant.name, parameter);
        }
    }

    void check_variant(const std::string& variant, const GivenParameter& parameter) {
        const bool is_axis = std::ranges::any_of(
            out_.matrix, [&](const Axis& axis) { return axis.find(parameter.name).has_value(); });
        const bool is_added = std::ranges::any_of(out_.additions, [&](const GivenAddition& addition) {
            return std::ranges::find(addition.parameters, parameter.name, &GivenParameter::name) !=
                   addition.parameters.end();
        });
        if (!is_axis && !is_added) return;
        problems_.add(
            parameter.position, fmt::format("each.{}.{}", variant, parameter.name),
            fmt::format("'{}' is given by the matrix already{}; a variant gives what the cells do not",
                        parameter.name, is_axis ? "" : ", by its include"));
    }

    void read_program(const Node& root) {
        const Node* workload = root.find("workload");
        const Node* command = root.find("command");
        if (workload != nullptr) out_.workload = read_template(*workload, "workload", problems_);
        with(root, "command", [&](const Node& node) { read_command(node); });
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
        out_.command = read_words(node, "command", problems_);
    }

    void read_order(const Node& node) {
        read_choice(node, "order", kOrders, "interleaved, listed or shuffled", out_.order);
    }

    void read_heap_layout(const Node& node) {
        read_choice(node, "heap_layout", kHeapLayouts, "same or varied", out_.heap_layout);
    }

    template <typename Choice, std::size_t kCount>
    void read_choice(const Node& node, const std::string& key, const Words<Choice, kCount>& choices,
                     const char* list, Choice& out) {
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
    out.folder = std::filesystem::absolute(file).lexically_normal().parent_path();
    const Node root = read_with_includes(file, problems);
    out.files = problems.files();
    if (!problems.any() || root.kind == Node::Kind::Map) DefinitionReader(out, problems).read(root);
    return out;
}

}  // namespace tidemark::sweep
