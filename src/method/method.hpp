#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <torch/nn/module.h>

#include "dist/group.hpp"
#include "src/data/packed_clips.hpp"
#include "src/data/read_ahead.hpp"
#include "src/method/regulariser.hpp"
#include "src/model/encoder.hpp"
#include "src/model/precision.hpp"

namespace sslslr {

// Shapes in this folder: B clips on this rank, W encoder width, D embedding width.

/// One value for each view of a clip.
template <class T>
struct PerView {
    T anchor{};  ///< as recorded
    T first{};   ///< one random augmentation
    T second{};  ///< another, drawn independently
};

/// The views of B clips, in the same order. A method takes only the views that it reads.
using Views = PerView<PackedClips>;
using ViewSet = PerView<bool>;
/// Features [B, W] of each view; undefined for a view that the method does not read.
using ViewTensors = PerView<torch::Tensor>;

/// This rank's share of a global batch, or a part of that share.
struct Batch {
    Views views;
    torch::Tensor labels;            ///< [B] int64, only for methods that use them
    std::int64_t first = 0;          ///< place of the share in the global batch
    std::int64_t global_size = 0;    ///< number of clips of the global batch, over all ranks
    std::uint64_t dropout_seed = 0;  ///< a function of (seed, step), the same on all ranks

    std::int64_t clips() const { return views.first.clips(); }
    /// Clip numbers, [B]. Every method reads the first view.
    const std::vector<std::int64_t>& ids() const { return views.first.ids; }
};

/// Memory of a batch's frames in bytes, as if its views shared none.
inline std::int64_t bytes_of(const Batch& batch) {
    return bytes_of(batch.views.anchor) + bytes_of(batch.views.first) + bytes_of(batch.views.second);
}

/// Returns the clips [begin, end) of a share.
Batch part_of(const Batch& batch, std::int64_t begin, std::int64_t end);

/// Features of a batch.
struct Encoded {
    ViewTensors trained;  ///< by the encoder that gradients train, with their graph
    ViewTensors target;   ///< constants: by the momentum encoder, or by the trained one if there is no other
};

/// A named scalar. Names are columns of metrics.jsonl, so their meaning never changes.
struct LossTerm {
    std::string name;
    torch::Tensor value;  ///< [] differentiable: this rank's share; the shares of all ranks add up
};

struct LossTerms {
    std::vector<LossTerm> terms;  ///< their sum is what a step minimises
    /// [B, D] of each trained view, with their graph, for a regulariser; empty without a projector.
    std::vector<torch::Tensor> projections;
    torch::Tensor keys;  ///< [B, D] keys that a queue takes in after the step; undefined without a queue

    torch::Tensor sum() const;
};

/// The training clips as recorded, for methods that read all of them between epochs.
struct Recorded {
    std::span<const std::int64_t> ids;  ///< clip numbers
    std::function<PackedClips(std::int64_t begin, std::int64_t end)>
        read_part;            ///< returns the clips ids[begin, end)
    ReadAheadLimits ahead{};  ///< how far another thread may read parts ahead
};

/// A learning objective and the networks it trains.
///
/// A step calls encode(), objective() on the result, backward, the update and after_step(). Clips are
/// independent in encode(), so a batch can be encoded in parts; objective() sees the whole share of this rank
/// and, through the group, those of the other ranks.
class Method : public torch::nn::Module {
public:
    /// Returns features of the views that gradients train, with their graph, in float32 or float64.
    ViewTensors encode_trained(const Batch& batch);
    /// Returns features of the views that are constants to the method.
    ViewTensors encode_target(const Batch& batch);
    Encoded encode(const Batch& batch) { return {encode_trained(batch), encode_target(batch)}; }

    /// Returns the terms of the method's own loss. Collective if couples_clips().
    /// @param batch  may hold no clip; the terms are then zero and still part of the graph
    virtual LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) = 0;

    /// Whether the loss of a clip depends on the other clips of its batch, through negatives or through batch
    /// norm in the heads (HeadConfig::normalises). If not, the losses of parts of a batch add up to that of
    /// the batch.
    virtual bool couples_clips() const = 0;

    /// Returns what a step minimises: loss() plus the term of the regulariser, if there is one, named after
    /// its kind. Collective if needs_whole_share().
    LossTerms objective(const Encoded& encoded, const Batch& batch, dist::Group& group);
    /// Whether objective() depends on all clips of the batch together, through the loss or a regulariser.
    bool needs_whole_share() const;
    /// Adds a regulariser to the objective. For methods that return projections.
    /// @throws ConfigError  the weight is out of range
    void set_regulariser(const RegulariserConfig& config);

    /// Returns projections z [B, D] of features [B, W], before any normalisation to length 1; undefined
    /// without a projector. Collective in train mode if the projector has batch norm.
    virtual torch::Tensor project([[maybe_unused]] const torch::Tensor& features,
                                  [[maybe_unused]] dist::Group& group) {
        return {};
    }

    /// Returns the features [B, W] that evaluation uses: before any projector, and without dropout in eval
    /// mode.
    virtual torch::Tensor represent(const PackedClips& clips);

    /// Runs before the first step of each epoch, counted from 0. Collective.
    virtual void before_epoch([[maybe_unused]] std::int64_t epoch, [[maybe_unused]] const Recorded& clips,
                              [[maybe_unused]] dist::Group& group) {}

    /// Runs after each optimizer step; updates momentum networks and queues. Collective.
    /// @param progress  share of the training that is done, in [0, 1]
    /// @param batch     this rank's share in the step
    /// @param loss      of this rank's whole share
    virtual void after_step([[maybe_unused]] double progress, [[maybe_unused]] const Batch& batch,
                            [[maybe_unused]] const LossTerms& loss, [[maybe_unused]] dist::Group& group) {}

    /// The views that the method reads; others need not be made.
    ViewSet views() const;
    /// The number of views that are encoded with gradients, and without.
    std::int64_t trained_views() const { return count(trained_); }
    std::int64_t target_views() const { return count(target_); }
    virtual bool uses_labels() const { return false; }

    /// Lets the trained encoder write gradients to `places`, as far as it can.
    void set_gradient_places(const std::shared_ptr<dist::GradientPlaces>& places) {
        encoder_->set_gradient_places(places);
    }

    /// Converts weights and buffers to the precision's type; integers are not changed.
    void set_precision(Precision precision);

protected:
    /// Which encoder encodes the views that are constants to a method.
    enum class TargetEncoder { trained, momentum };

    /// @param trained  the views that gradients pass through
    /// @param target   the views that are constants; a view may be in both sets
    Method(const EncoderConfig& encoder, ViewSet trained, ViewSet target = {},
           TargetEncoder target_encoder = TargetEncoder::momentum);

    Encoder& encoder() { return encoder_; }
    Encoder& momentum_encoder() { return momentum_encoder_; }

private:
    static std::int64_t count(const ViewSet& views) { return views.anchor + views.first + views.second; }
    ViewTensors encode_views(Encoder& encoder, const ViewSet& read, const Batch& batch,
                             std::uint32_t network) const;

    ViewSet trained_;
    ViewSet target_;
    Precision precision_ = Precision::float32;
    RegulariserConfig regulariser_;
    Encoder encoder_{nullptr};
    Encoder momentum_encoder_{nullptr};  ///< empty unless it encodes a view
};

}  // namespace sslslr
