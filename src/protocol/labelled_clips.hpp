#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "src/protocol/protocol.hpp"

namespace sslslr {

/// The only labels that a protocol sees: those of some training clips of each class, and of the same number
/// or share of the validation clips, because a choice costs labels, too. Draws with one seed are nested: see
/// stratified_count().
class LabelledClips {
public:
    LabelledClips(const EvaluationClips& clips, const LabelAmount& amount, std::uint64_t seed);

    const std::vector<std::int64_t>& train() const noexcept { return train_; }
    const std::vector<std::int64_t>& validation() const noexcept { return validation_; }
    const std::vector<std::int64_t>& both() const noexcept { return both_; }

    /// Returns [clips of the data set] class; -1 for every other clip, including test clips.
    const std::vector<std::int64_t>& by_clip() const noexcept { return labels_; }
    /// Returns [clips] int64 class.
    torch::Tensor of(const std::vector<std::int64_t>& clips) const;

private:
    std::vector<std::int64_t> train_;
    std::vector<std::int64_t> validation_;
    std::vector<std::int64_t> both_;  ///< ascending
    std::vector<std::int64_t> labels_;
};

}  // namespace sslslr
