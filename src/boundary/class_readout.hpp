#pragma once

#include <torch/types.h>

#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

/// A linear map from features to one score per gloss, fitted by ridge regression onto 0 and 1. It keeps the
/// directions of features that distinguish glosses.
class ClassReadout {
public:
    /// Fits the map on features centred and scaled by the mean and standard deviation of `known`.
    /// Deterministic.
    ///
    /// @param known  at least two clips
    /// @param ridge  added to the mean square of each scaled feature, > 0
    /// @throws c10::ValueError  fewer than two clips, or ridge <= 0
    explicit ClassReadout(const LabelledFeatures& known, double ridge = 0.01);

    /// @param features  [N, W], on any device
    /// @return [N, G] float64 scores on the same device, each gloss up to a constant that differences cancel
    torch::Tensor operator()(const torch::Tensor& features) const;

private:
    torch::Tensor mean_;     ///< [W]
    torch::Tensor weights_;  ///< [W, G] for centred features
};

}  // namespace sslslr
