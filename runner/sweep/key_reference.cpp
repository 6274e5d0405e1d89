// The reference of the sweep file: the grammar, walked from its top, with an example and a mistake for each
// key.
#include "sweep/key_reference.hpp"

#include <cstdlib>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/files.hpp"
#include "sweep/file/grammar.hpp"
#include "sweep/file/key_examples.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::sweep {
namespace {

using Kind = Shape::Kind;

std::string in_words(const Shape& shape);

std::string list_of(const std::string& item) {
    return item.find(", or ") == std::string::npos ? "list of " + item : "list of (" + item + ")";
}

std::string joined(const std::vector<Shape>& shapes) {
    std::vector<std::string> words;
    for (const Shape& shape : shapes) {
        const std::string one = in_words(shape);
        if (std::ranges::find(words, one) == words.end()) words.push_back(one);
    }
    return fmt::format("{}", fmt::join(words, ", or "));
}

/// The kind of value, for people.
std::string in_words(const Shape& shape) {
    switch (shape.kind) {
        case Kind::Text:
        case Kind::Written:
            return "text";
        case Kind::Template:
            return "text with a placeholder";
        case Kind::Any:
            return "any value";
        case Kind::Integer:
            return fmt::format("whole number, {} to {}", shape.least, shape.most);
        case Kind::Boolean:
            return "true or false";
        case Kind::Choice:
            return fmt::format("one of `{}`", fmt::join(shape.choices, "`, `"));
        case Kind::List:
            return list_of(in_words(shape.of.front()));
        case Kind::Map:
        case Kind::KnownKeys:
            return "map";
        case Kind::Null:
            return "nothing";
        case Kind::OneOf:
            break;
    }
    return joined(shape.of);
}

/// A folder that is gone when this is.
class Scratch {
  public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "tidemark-keys-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw CannotGoOn(fmt::format("{} cannot be made", name));
        path_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code left;
        std::filesystem::remove_all(path_, left);
    }
    std::filesystem::path file() const { return path_ / "sweep.yaml"; }

  private:
    std::filesystem::path path_;
};

/// A whole sweep file around a piece of one.
std::string around(std::string_view piece) {
    const std::string text = fmt::format("\n{}\n", piece);
    const auto has = [&](const char* key) { return text.find(key) != std::string::npos; };
    return fmt::format("{}{}{}", has("\nsweep:") ? "" : "sweep: documented\n",
                       has("\ncommand:") || has("\nworkload:") ? "" : "command: [/bin/true]\n",
                       text.substr(1));
}

/// Without the place, and without the folder, which is another one each time.
std::string without_place(std::string message, const std::filesystem::path& file) {
    message = message.substr(0, message.find('\n'));
    if (message.starts_with(file.string() + ":")) {
        constexpr int kLineAndColumn = 2;
        std::size_t begin = file.string().size() + 1;
        for (int i = 0; i < kLineAndColumn; ++i) begin = message.find(':', begin) + 1;
        message = message.substr(message.find_first_not_of(' ', begin));
    }
    const std::string folder = file.parent_path().string();
    for (std::size_t at = 0; (at = message.find(folder, at)) != std::string::npos;)
        message.replace(at, folder.size(), "FOLDER");
    return message;
}

/// What the reader says of a mistake.
std::string error_of(const Scratch& scratch, std::string_view mistake) {
    write_file(scratch.file(), around(mistake));
    LoadOptions options;
    options.caller_directory = scratch.file().parent_path();
    if (mistake.find("goal:") != std::string_view::npos) options.goal = GoalOptions{};
    try {
        Sweep::load(scratch.file(), WorkloadCatalogue(), options);
    } catch (const UsageError& error) {
        return without_place(error.what(), scratch.file());
    }
    throw CannotGoOn(fmt::format("the mistake '{}' is none", mistake));
}

class Walk {
  public:
    std::vector<KeySection> all() {
        add("", top_keys);
        return std::move(sections_);
    }

  private:
    void add(const std::string& path, const Keys& (*keys)()) {
        if (!seen_.insert(keys).second) return;
        const std::size_t own = sections_.size();
        sections_.push_back({path, {}});
        for (const Key& key : keys()) {
            const std::string place =
                path.empty() ? std::string(key.name) : fmt::format("{}.{}", path, key.name);
            sections_[own].keys.push_back(described(key, place));
        }
        for (const Key& key : keys()) {
            const std::string place =
                path.empty() ? std::string(key.name) : fmt::format("{}.{}", path, key.name);
            descend(key.shape, place);
        }
    }

    DescribedKey described(const Key& key, const std::string& place) {
        DescribedKey out{
            std::string(key.name), in_words(key.shape), std::string(key.meaning), {}, {}, {}, {}};
        if (const KeyExample* found = find_example(place)) {
            out.standard = found->standard;
            out.example = found->example;
            out.mistake = found->mistake;
            out.error = error_of(scratch_, found->mistake);
        }
        return out;
    }

    void descend(const Shape& shape, const std::string& place) {
        std::string below = place;
        if (shape.kind == Kind::Map && place == "matrix") below += ".AXIS";
        if (shape.kind == Kind::Map && place == "capture") below += ".METRIC";
        for (const Shape& one : shape.of) descend(one, below);
        if (shape.keys != nullptr) add(place, shape.keys);
    }

    Scratch scratch_;
    std::set<const Keys& (*)()> seen_;
    std::vector<KeySection> sections_;
};

}  // namespace

std::vector<KeySection> key_reference() {
    return Walk().all();
}

}  // namespace tidemark::sweep
