#pragma once

namespace tidemark::sweep {

/// In what order the repeats of the runs are made.
enum class Order { Interleaved, Listed, Shuffled };

}  // namespace tidemark::sweep
