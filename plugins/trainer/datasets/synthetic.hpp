#pragma once

#include "trainer/datasets/dataset.hpp"

namespace tidemark::trainer {

/// Images that are drawn when they are wanted, always the same for the same index: one of five figures (disc,
/// ring, square, cross, bars) in one of several families of colours (of brightness, where there is one
/// channel), at a random place and size, over a random background and under noise. Classes can be told apart,
/// the colours after a few steps and the figures after some epochs; a mirrored image keeps its class.
class Synthetic : public Dataset {
  public:
    explicit Synthetic(Split split, const DataShape& shape = {});
    std::int64_t size() const override;
    DataShape shape() const override { return shape_; }
    /// That of CIFAR-10 for images of three channels, in whose place they stand.
    Normalisation normalisation() const override;
    void read(std::int64_t index, Example& example) const override;
    std::int64_t label(std::int64_t index) const override {
        return index % shape_.classes;
    }  // as many of each

  private:
    Split split_;
    DataShape shape_;
};

}  // namespace tidemark::trainer
