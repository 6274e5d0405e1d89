#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/interval.hpp"
#include "base/value.hpp"
#include "protocol/description.hpp"

namespace tidemark::report {

/// What a field says at a glance, for formats that have colours.
enum class Tone { None, Good, Bad };

/// One field of a table. A missing value says why it is missing.
struct Cell {
    Value value;          ///< unrounded: bytes, seconds, fractions
    std::string missing;  ///< why the value is null; shown instead of it by the formats for people
    std::optional<Interval> interval{};  ///< from the smallest to the largest repeat
    /// Where the fields of a column have different units: shown in the field, as in `1.50 GiB`.
    std::optional<protocol::Unit> unit{};
    Tone tone = Tone::None;
    /// Where the figure may lie, the value being a guess: shown instead of it, as `73–277` or `≥ 73`.
    std::optional<Interval> doubt{};
    /// Something else had a part in the figure: it is marked, and a note says what the mark means.
    bool disturbed = false;
    /// A value of a parameter as the command was told it, where that is otherwise than to_text: `3.10`,
    /// `1e3`. Shown instead of the value in every format.
    std::string told{};
};

/// The mark of a disturbed figure.
inline constexpr const char* kDisturbedMark = "*";

struct Column {
    std::string name;     ///< for machines: the heading in CSV, the key in JSON
    std::string heading;  ///< for people, without the unit
    protocol::Unit unit = protocol::Unit::None;
    bool exact = false;             ///< numbers are shown as they are, not rounded
    std::optional<int> decimals{};  ///< instead of as many as suit the figures
};

struct Table {
    std::string title;  ///< may be empty
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;  ///< each as long as `columns`
    std::vector<std::string> notes;       ///< shown below by the formats for people
    std::vector<std::string> runs{};      ///< which run each row is of; empty: the rows are of none
};

/// A table as people read it: every cell a text, numbers rounded, one unit for a whole column, named in its
/// heading.
struct Presentation {
    struct ShownColumn {
        std::string heading;
        bool numeric = false;  ///< to be aligned to the right
        double divisor = 1;    ///< what is shown is the value divided by it
        std::string unit{};    ///< of what is shown; empty: none
    };
    std::vector<ShownColumn> columns;
    std::vector<std::vector<std::string>> rows;
};

/// How many digits of a measured figure are shown.
enum class Digits {
    OfColumn,  ///< as many decimals in a whole column as suit its figures
    Three      ///< three significant ones of each, whatever else stands in the column
};

/// Chooses for each column one scale (KiB, MiB, GiB; ms, s, min) and one number of decimals, so that its
/// figures can be compared at a glance, and turns control characters into visible ones.
Presentation present(const Table& table, Digits digits = Digits::OfColumn);

}  // namespace tidemark::report
