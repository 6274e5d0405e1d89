#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace tidemark::store {

/// What people say of an attempt: tags, each a word of theirs, and a note. They are stored as columns of
/// `runs`, the tags sorted and as one text, and so go wherever the attempt goes.
struct Annotations {
    std::vector<std::string> tags;
    std::string note;
};

Annotations annotations_of(sql::Connection& connection, const std::string& run_id);

/// Why the text cannot be a tag; empty where it can.
std::string problem_of_tag(const std::string& text);

/// Puts the tag on each of the attempts, or takes it away; how many had it otherwise. Throws CannotGoOn.
std::int64_t add_tag(Database& database, const std::vector<std::string>& run_ids, const std::string& tag);
std::int64_t remove_tag(Database& database, const std::vector<std::string>& run_ids, const std::string& tag);

/// Gives each of the attempts the note instead of what it had; an empty one takes it away. How many had it
/// otherwise. Throws CannotGoOn.
std::int64_t set_note(Database& database, const std::vector<std::string>& run_ids, const std::string& note);

/// What stands on attempts that the database has already: their tags are joined, and a note stays where there
/// is one. `source` is the schema of the other database, and `known` a table of the ids. How many got
/// something.
std::int64_t join_annotations(sql::Connection& connection, const std::string& source,
                              const std::string& known);

/// A tag, and how many attempts of how many sweeps have it.
struct TagSummary {
    std::string tag;
    std::int64_t executions = 0;
    std::int64_t sweeps = 0;
};

/// By name.
std::vector<TagSummary> tags(sql::Connection& connection);

/// Whether any attempt has one or the other.
bool has_tags(sql::Connection& connection);
bool has_notes(sql::Connection& connection);

}  // namespace tidemark::store
