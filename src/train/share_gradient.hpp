#pragma once

#include <cstdint>
#include <functional>

#include "dist/gradient_reducer.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// Computes loss and gradient of one rank's share of a batch, whole or in micro-batches that limit the memory
/// of the encoder. Both ways give the same numbers, beyond rounding.
///
/// If the method's objective does not couple clips, micro-batches are back-propagated one after another. If
/// it does (batch norm, negatives from the batch, a regulariser), the graph is cut at the output of the
/// encoder, where clips are independent: micro-batches are encoded without graph, heads and loss see the
/// whole share, and each micro-batch is encoded again to propagate the gradient at its output. Dropout masks
/// are keyed, so both passes draw the same ones. Source of the cut: Gao et al. 2021, arXiv:2101.06983
/// (GradCache).
class ShareGradient {
public:
    /// @param micro_batch  clips that are encoded at once, with their graph; 0: the whole share
    ShareGradient(Method& method, dist::Group& group, dist::GradientReducer& reducer,
                  std::int64_t micro_batch)
        : method_{method}, group_{group}, reducer_{reducer}, micro_batch_{micro_batch} {}

    /// Writes the global batch's gradient to every parameter. Collective.
    /// @param on_loss  called once, when the loss of the whole share is known and before the reduction starts
    /// @return the loss of the whole share, detached if it was computed in parts
    LossTerms operator()(const Batch& batch, const std::function<void(const LossTerms&)>& on_loss) const;

private:
    using OnLoss = std::function<void(const LossTerms&)>;
    /// Returns the micro-batches: at least one, which may be empty.
    std::vector<Batch> parts_of(const Batch& batch) const;
    LossTerms whole(const Batch& batch, const OnLoss& on_loss) const;
    LossTerms accumulated(const std::vector<Batch>& parts, const OnLoss& on_loss) const;
    LossTerms cut_at_features(const Batch& batch, const std::vector<Batch>& parts,
                              const OnLoss& on_loss) const;
    Encoded encode(const Batch& part) const;
    ViewTensors encode_trained(const Batch& part) const;

    Method& method_;
    dist::Group& group_;
    dist::GradientReducer& reducer_;
    std::int64_t micro_batch_;
};

}  // namespace sslslr
