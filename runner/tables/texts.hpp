#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.hpp"
#include "protocol/tree_memory.hpp"
#include "report/language.hpp"

namespace tidemark::tables {

/// The sentences that reports have of their own, each in both languages, in this one place. Single words are
/// report::translated's, headings of figures stand in protocol/figures.hpp.
/// How often the runs of a sweep were made, from the one with the fewest repeats to that with the most.
struct RepeatCounts {
    int fewest = 1;
    int most = 1;
};

class Texts {
  public:
    explicit Texts(Language language) : language_(language) {}

    Language language() const { return language_; }
    std::string word(std::string_view english) const { return report::translated(english, language_); }

    std::string not_made_as_now(std::size_t lacking, std::size_t expected) const;
    /// Results that there are were made otherwise, the last of them by `command`.
    std::string made_otherwise(const std::string& command) const;
    /// ` (1 of 3 repeats)`, to follow a status.
    std::string share_of_repeats(std::size_t bad, std::size_t repeats) const;
    std::string more_failures(std::size_t count) const;
    /// What helps a run most that ran out of memory.
    struct AdviceParts {
        std::string run;
        std::string change;
        std::string peak;       ///< what is left of it
        std::string more_than;  ///< what it took at least
    };
    /// `other`: the run that was measured to take that.
    std::string measured_advice(const AdviceParts& parts, const std::string& other) const;
    /// `command`: makes the run that is predicted to take that.
    std::string predicted_advice(const AdviceParts& parts, std::size_t measured_runs,
                                 const std::string& command) const;
    /// What an interval over repeats is of, and how sure it is; `exception` says what it is not of, if
    /// anything.
    /// `differing` names the parameters that are another in each repeat; empty: there are none.
    std::string interval_of_repeats(RepeatCounts repeats, double confidence, const std::string& exception,
                                    const std::string& differing = {}) const;
    /// `3`, `5 to 12`
    std::string range_of(RepeatCounts repeats) const;
    /// How peaks that are not known for certain are to be read; `open`: some that nothing bounds from above.
    std::string uncertain_peaks(bool bounded, bool open) const;
    /// What the mark of a disturbed figure says.
    std::string disturbed_figures() const;
    /// Why a run that kept its memory limit may have a higher peak.
    std::string peaks_above_limits() const;
    /// Of several machines, by CPU and cores, that the runs of a table were made on.
    std::string several_machines(const std::vector<std::string>& machines) const;
    /// No run says what its memory consists of; `measured`: what the kernel sees is shown instead.
    std::string no_parts(bool measured) const;
    /// How many runs have warnings, and where they are told.
    std::string runs_with_warnings(std::size_t count) const;
    /// Why no log is shown.
    std::string logs_may_hold_secrets() const;
    /// What a timeline is of, where it is not simply the memory of the tree; else empty.
    std::string tree_memory(protocol::TreeMemory kind) const;

  private:
    bool chinese() const { return language_ == Language::Chinese; }
    Language language_;
};

}  // namespace tidemark::tables
