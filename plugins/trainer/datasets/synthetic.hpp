#pragma once

#include "trainer/datasets/dataset.hpp"

namespace tidemark::trainer {

inline constexpr const char* kSyntheticCaveat =
    "synthetic data, made up by tidemark: its accuracies say nothing about real images";

/// Images of CIFAR-10's shape that are drawn when they are wanted, always the same for the same index: one of
/// five figures (disc, ring, square, cross, bars) in one of two families of colours, at a random place and
/// size, over a random background and under noise. Classes can be told apart, the colours after a few steps
/// and the figures after some epochs; a mirrored image keeps its class.
class Synthetic : public Dataset {
  public:
    explicit Synthetic(Split split) : split_(split) {}
    std::int64_t size() const override;
    void read(std::int64_t index, Example& example) const override;

  private:
    Split split_;
};

}  // namespace tidemark::trainer
