#pragma once

#include <cstdint>
#include <functional>

#include "dist/gradient_reducer.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// Loss and gradient of one rank's share of a batch, whole or in micro-batches that bound the memory of the
/// encoder. Either way the same numbers, beyond rounding.
///
/// Of a method whose objective does not couple clips, micro-batches back-propagate one after another. Of one
/// that does (batch norm, negatives from the batch, a regulariser), the graph is cut at the encoder's output,
/// where clips are independent: micro-batches are encoded without graph, heads and loss see the whole share,
/// and each micro-batch is encoded once more to take the gradient at its output further. Dropout masks are
/// keyed, so both passes draw the same. Source of the cut: Gao et al. 2021, arXiv:2101.06983 (GradCache).
class ShareGradient {
public:
    /// @param micro_batch  clips that are encoded at a time with their graph; 0: the whole share
    ShareGradient(Method& method, dist::Group& group, dist::GradientReducer& reducer,
                  std::int64_t micro_batch)
        : method_{method}, group_{group}, reducer_{reducer}, micro_batch_{micro_batch} {}

    /// Leaves the global batch's gradient in every parameter. Collective.
    /// @param on_loss  called once, when the loss of the whole share is known and before the reduction starts
    /// @return the loss of the whole share, detached if it came in parts
    LossTerms operator()(const Batch& batch, const std::function<void(const LossTerms&)>& on_loss) const;

private:
    using OnLoss = std::function<void(const LossTerms&)>;
    /// [begin, end) of every micro-batch: one at least, which may be empty.
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
