#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tidemark::protocol {

/// The database, as SQL: what the store makes, and what tables, checks and queries may name. One text for
/// all, so that the check of a sweep file knows just what is there.
///
/// The steps lead from an empty database to the present schema, whose version is their number. They are never
/// changed once released, only added to. The columns of `runs` for parameters, metrics and figures that came
/// later are not in them: they are added when they are needed.
std::span<const std::string_view> schema_steps();

/// The same steps as one that makes an empty database at once, with tables that have their later columns from
/// the beginning: SQLite reads the whole schema again for each column that is added, which takes
/// milliseconds.
std::string schema_at_once(std::size_t steps);

/// The tables that hold what belongs to one attempt, each by its `run_id`.
inline constexpr std::array<std::string_view, 7> kDetailTables{"metrics", "facts",   "phases",  "epochs",
                                                               "samples", "missing", "warnings"};

/// The reason in `missing` of a metric that was told and is NaN. SQLite has no NaN: where one is kept, there
/// is a null, which goes through SQL's arithmetic as a NaN does.
inline constexpr std::string_view kNotANumber = "not a number";

/// What `medians` has of its own beside the columns of `results`: how many repeats are wanted, and how many
/// are ok. There they hide what `results` has under these names.
inline constexpr std::array<std::string_view, 2> kMedianColumns{"repeats", "ok"};

/// What was known of the machine and the program when a run was made; a view of each sweep's report.
inline constexpr std::string_view kProvenanceColumns = "run_id, name, value";

}  // namespace tidemark::protocol
