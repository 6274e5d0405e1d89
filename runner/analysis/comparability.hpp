#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/interval.hpp"
#include "protocol/figures.hpp"

namespace tidemark::analysis {

/// What makes two measurements unlike, whatever the program does.
enum class OriginFact { Machine, Architecture, MemoryMethod, Tidemark, Kernel, MemoryLimit, HeapLayout };
inline constexpr std::size_t kOriginFacts = 7;

/// How one attempt was measured. An empty text is not known, and differs from nothing.
class Origin {
  public:
    const std::string& of(OriginFact fact) const { return texts_[static_cast<std::size_t>(fact)]; }
    void set(OriginFact fact, std::string text) { texts_[static_cast<std::size_t>(fact)] = std::move(text); }

    /// The caller's variables that may change what programs do; nothing where they are not known.
    const std::optional<std::map<std::string, std::string>>& variables() const { return variables_; }
    void set_variables(std::map<std::string, std::string> variables) { variables_ = std::move(variables); }

    /// Seconds since 1970; nothing where it is not known.
    std::optional<double> started() const { return started_; }
    void set_started(std::optional<double> started) { started_ = started; }

  private:
    std::optional<double> started_;
    std::optional<std::map<std::string, std::string>> variables_;
    std::array<std::string, kOriginFacts> texts_{};
};

/// When the earlier of both was started, and when the later one; nothing where one is not known.
std::optional<Interval> starts_of(const Origin& one, const Origin& other);

/// A fact that is not the same on both sides, and which figures can be compared all the same.
struct OriginDifference {
    std::string name;  ///< `machine`
    std::string before;
    std::string after;
    std::string meaning;
    auto operator<=>(const OriginDifference&) const = default;
};

/// The one rule of what can be compared, for `compare` and for checks against a baseline:
///   times          not between two machines
///   memory         not between two architectures; between two machines of one it is, and that is told
///   peak memory    measured by two methods, or by two versions of tidemark, by its bounds alone
///   other memory   that depends on the method of measuring: not between two methods
///   all the rest   always, also with other variables in the caller's environment
/// Whatever differs is told.
class Comparability {
  public:
    void add_before(const Origin& origin) { add(origin, before_, variables_before_); }
    void add_after(const Origin& origin) { add(origin, after_, variables_after_); }

    std::vector<OriginDifference> differences() const;

    /// Why the figure cannot be compared at all: `not comparable: measured on another machine (…, and …)`.
    /// Empty: it can be.
    std::string obstacle(std::string_view figure, protocol::Noise noise) const;

    /// Whether the best guesses of the two sides may differ by how they were made.
    bool by_bounds_alone(std::string_view figure) const;

    /// The differences that may have changed a figure of this kind, for the end of a sentence: `; memory
    /// method: cgroup v1 before, exit-stop now`. Empty where there are none.
    std::string caveat(std::string_view figure, protocol::Noise noise) const;

  private:
    using Texts = std::array<std::set<std::string>, kOriginFacts>;
    using Variables = std::map<std::string, std::string>;

    static void add(const Origin& origin, Texts& texts, std::set<Variables>& variables);
    std::vector<OriginDifference> different_variables() const;
    bool differs(OriginFact fact) const;
    std::string because(OriginFact fact, std::string_view what) const;

    Texts before_;
    Texts after_;
    std::set<Variables> variables_before_;  ///< of the attempts of which they are known
    std::set<Variables> variables_after_;
};

}  // namespace tidemark::analysis
