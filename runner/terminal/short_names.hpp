#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidemark::terminal {

/// `h2q · 16 · bf16` of `model=h2q,batch_size=16,precision=bf16`: what a person knows a run by who knows what
/// its sweep varies. Of a value that says nothing alone (`true`, `null`) the name stays. A name that was
/// given, or has one part alone, is shown as it is.
std::string short_run_name(std::string_view name);

/// The parameters and values of such a name, of one part, too; none of a name that was given.
std::vector<std::pair<std::string, std::string>> parts_of_run_name(std::string_view name);

/// Whether the text, as typed, is that short form: its parts may have commas, blanks or points between them.
bool is_short_name_of(std::string_view text, std::string_view name);

}  // namespace tidemark::terminal
