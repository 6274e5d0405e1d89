#pragma once

namespace known {

/// Names the descriptor of a socket, at whose other end somebody counts the page frames of the tree.
inline constexpr const char* kCheckpointVariable = "TIDEMARK_TEST_CHECKPOINT";

/// Whether somebody counts.
bool is_observed();

/// Tells who counts that now is a moment to do so, and waits until it is done. Without an observer: nothing.
void checkpoint();

}  // namespace known
