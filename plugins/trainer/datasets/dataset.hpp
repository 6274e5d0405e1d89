#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/datasets/data_shape.hpp"

namespace tidemark::trainer {

/// Values of one image.
inline std::int64_t pixels_of(const DataShape& shape) {
    return shape.channels * shape.height * shape.width;
}

/// One labelled image: plane after plane (red, green, blue), each row by row.
struct Example {
    std::int64_t label = 0;
    std::vector<std::uint8_t> pixels;
};

/// What brings the pixels of each channel, taken from 0 to 1, to a mean near 0 and a deviation near 1.
struct Normalisation {
    std::vector<float> mean;
    std::vector<float> deviation;

    /// For images of which nothing is known: from -1 to 1.
    static Normalisation of_unknown(std::int64_t channels) {
        const auto count = static_cast<std::size_t>(channels);
        return {std::vector<float>(count, 0.5F), std::vector<float>(count, 0.5F)};
    }
};

/// A fixed sequence of labelled images. Reading is safe from several threads at once.
class Dataset {
  public:
    virtual ~Dataset() = default;
    virtual std::int64_t size() const = 0;
    virtual DataShape shape() const = 0;
    virtual Normalisation normalisation() const = 0;
    /// Whether a mirrored image still shows the same: a cat does, a digit does not.
    virtual bool may_be_mirrored() const { return true; }
    /// Throws std::runtime_error naming the file and the offset where the example is damaged.
    virtual void read(std::int64_t index, Example& example) const = 0;
    /// That of read, where it can be told without the image.
    virtual std::int64_t label(std::int64_t index) const {
        Example example;
        read(index, example);
        return example.label;
    }
    /// Whether its images may stand class by class, so that its first ones are of the first classes alone.
    virtual bool may_lie_class_by_class() const { return false; }
    /// As people call the classes; empty: by their numbers alone.
    virtual std::vector<std::string> class_names() const { return {}; }
    /// What was found in it that changes what is trained on, each a sentence without its full stop.
    virtual std::vector<std::string> notes() const { return {}; }
};

enum class Split { Train, Test };

}  // namespace tidemark::trainer
