#pragma once

#include <torch/torch.h>

#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

/// The directions of features that tell glosses apart: a linear map to one score a gloss, by ridge regression
/// onto 0 and 1.
class ClassReadout {
public:
    /// Features are centred and scaled by these clips' mean and deviation; a function of its arguments alone.
    ///
    /// @param known  at least two clips
    /// @param ridge  added to the mean square of each scaled feature, > 0
    explicit ClassReadout(const LabelledFeatures& known, double ridge = 0.01);

    /// @param features  [N, W], on any device
    /// @return [N, G] float64, there, without the constant that does not matter to differences
    torch::Tensor operator()(const torch::Tensor& features) const;

private:
    torch::Tensor mean_;     ///< [W]
    torch::Tensor weights_;  ///< [W, G] of centred features
};

}  // namespace sslslr
