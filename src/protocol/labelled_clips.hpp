#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "src/protocol/protocol.hpp"

namespace sslslr {

/// All that a protocol may know of labels: those of some training clips of each class, and of as many, or of
/// the same share, of the validation clips, for a choice costs labels, too. Draws of one seed are nested, see
/// stratified_count.
class LabelledClips {
public:
    LabelledClips(const EvaluationClips& clips, const LabelAmount& amount, std::uint64_t seed);

    const std::vector<std::int64_t>& train() const noexcept { return train_; }
    const std::vector<std::int64_t>& validation() const noexcept { return validation_; }
    const std::vector<std::int64_t>& both() const noexcept { return both_; }

    /// [clips of the data set] class; -1 for every other clip, testing ones among them.
    const std::vector<std::int64_t>& by_clip() const noexcept { return labels_; }
    /// [clips] int64.
    torch::Tensor of(const std::vector<std::int64_t>& clips) const;

private:
    std::vector<std::int64_t> train_;
    std::vector<std::int64_t> validation_;
    std::vector<std::int64_t> both_;  ///< ascending
    std::vector<std::int64_t> labels_;
};

}  // namespace sslslr
