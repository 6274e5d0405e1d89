#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark {

/// The candidate nearest to `word` by Damerau-Levenshtein distance (restricted edit distance), if it is near
/// enough to be a typing error: at most a third of the word's length, at least 1. Case counts as half an
/// edit.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// ` (did you mean 'batch_size'?)`, or nothing where no candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace tidemark
