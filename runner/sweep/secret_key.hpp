#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tidemark::sweep {

/// What secrets are told apart by: 128 random bits of this user alone, made when they are first needed.
/// Without it a short secret could be guessed from what is stored of it.
using SecretKey = std::array<std::uint8_t, 16>;

/// SipHash-2-4 (Aumasson and Bernstein 2012): who does not have the key learns nothing of the text from it.
std::uint64_t keyed_digest(const SecretKey& key, std::string_view text);

/// `$XDG_STATE_HOME/tidemark/secret_key`, else below `~/.local/state`; empty where there is neither.
std::filesystem::path secret_key_file();

/// Reads it, and makes it where it is not there. Throws UsageError with the way out where it cannot be had.
SecretKey secret_key();

/// What stands in place of a secret, in all that is stored and shown: `(hidden, 1f3a…)`, by its keyed digest.
/// A text that is one already stays, so that a stored sweep is found again without the secret.
std::string hidden(std::string_view secret);

bool is_hidden(std::string_view text);

}  // namespace tidemark::sweep
