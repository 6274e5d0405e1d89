#pragma once

#include <string>
#include <vector>

namespace tidemark::sweep {

/// What is told of one key of the sweep file. All of it comes from the reader: the grammar, and what it says
/// of a mistake.
struct DescribedKey {
    std::string name;
    std::string type;
    std::string meaning;
    std::string standard;  ///< what holds where the key is absent
    std::string example;
    std::string mistake;
    std::string error;  ///< what the reader says of the mistake
};

/// The keys that may stand in one place.
struct KeySection {
    std::string path;  ///< `limits`; empty: the top of the file
    std::vector<DescribedKey> keys;
};

/// Every place of a sweep file where keys are fixed, the top first. Writes a file in a folder of its own for
/// each mistake, to have it read.
std::vector<KeySection> key_reference();

}  // namespace tidemark::sweep
