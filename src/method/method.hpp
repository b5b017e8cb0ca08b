#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "dist/group.hpp"
#include "src/data/packed_clips.hpp"
#include "src/data/read_ahead.hpp"
#include "src/method/regulariser.hpp"
#include "src/model/encoder.hpp"
#include "src/model/precision.hpp"

namespace sslslr {

// Shapes in this folder: B clips on this rank, W encoder width, D embedding width.

/// Something for each view of a clip.
template <class T>
struct PerView {
    T anchor{};  ///< as recorded
    T first{};   ///< one random augmentation
    T second{};  ///< another, drawn independently
};

/// The same B clips in the same order. A method takes the views that it reads.
using Views = PerView<PackedClips>;
using ViewSet = PerView<bool>;
/// [B, W] each, undefined for a view that is not read.
using ViewTensors = PerView<torch::Tensor>;

/// This rank's share of a global batch, or a part of it.
struct Batch {
    Views views;
    torch::Tensor labels;            ///< [B] int64, only for methods that ask for them
    std::int64_t first = 0;          ///< where in the global batch the share begins
    std::int64_t global_size = 0;    ///< clips of the global batch, over all ranks
    std::uint64_t dropout_seed = 0;  ///< a function of (seed, step), the same on all ranks

    std::int64_t clips() const { return views.first.clips(); }
    /// Clip numbers, [B]. Every method reads the first view.
    const std::vector<std::int64_t>& ids() const { return views.first.ids; }
};

/// What a share's frames take in memory, as if its views shared none.
inline std::int64_t bytes_of(const Batch& batch) {
    return bytes_of(batch.views.anchor) + bytes_of(batch.views.first) + bytes_of(batch.views.second);
}

/// The clips from `begin` to before `end` of a share.
Batch part_of(const Batch& batch, std::int64_t begin, std::int64_t end);

/// What the encoders make of a batch.
struct Encoded {
    ViewTensors trained;  ///< with the graph of the encoder that gradients train
    ViewTensors target;   ///< constants: by the momentum encoder, or by the trained one where there is none
};

/// A named scalar. Names are columns of metrics.jsonl, so they never change meaning.
struct LossTerm {
    std::string name;
    torch::Tensor value;  ///< [] differentiable: this rank's share, so that the ranks' values add up
};

struct LossTerms {
    std::vector<LossTerm> terms;  ///< their sum is what a step minimises
    /// [B, D] of each trained view, with their graph, for a regulariser; none without a projector.
    std::vector<torch::Tensor> projections;
    torch::Tensor keys;  ///< [B, D] what a queue takes in after the step, undefined without one

    torch::Tensor sum() const;
};

/// The training clips as recorded, for methods that look at all of them between epochs.
struct Recorded {
    std::span<const std::int64_t> ids;  ///< clip numbers
    std::function<PackedClips(std::int64_t begin, std::int64_t end)>
        read_part;            ///< of the clips ids[begin, end)
    ReadAheadLimits ahead{};  ///< how far parts may be read ahead by another thread
};

/// A learning objective and the networks it trains.
///
/// A step is encode(), then objective() on what it made, backward, update, after_step(). Clips are
/// independent in encode(), so that a batch can be encoded in parts; objective() sees the whole share and,
/// through the group, the other ranks'.
class Method : public torch::nn::Module {
public:
    /// Features of the views that the trained encoder reads, with their graph, in float32 or float64.
    ViewTensors encode_trained(const Batch& batch);
    /// Features of the views that are constants to the method.
    ViewTensors encode_target(const Batch& batch);
    Encoded encode(const Batch& batch) { return {encode_trained(batch), encode_target(batch)}; }

    /// @param batch  may hold no clip: the terms are then zero and still reach the graph
    /// Collective if couples_clips().
    virtual LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) = 0;

    /// Whether a clip's loss depends on the other clips of its batch, by negatives or by batch norm in the
    /// heads (HeadConfig::normalises). If not, the losses of a batch's parts add up to the batch's.
    virtual bool couples_clips() const = 0;

    /// What a step minimises: loss() and, where there is one, the regulariser's term, named after its kind.
    /// Collective if needs_whole_share().
    LossTerms objective(const Encoded& encoded, const Batch& batch, dist::Group& group);
    /// Whether objective() depends on the clips of the batch together: by the loss or by a regulariser.
    bool needs_whole_share() const;
    /// Adds the regulariser to the objective of a method that hands out projections.
    /// @throws ConfigError  a weight out of range
    void set_regulariser(const RegulariserConfig& config);

    /// Projections z [B, D] of features [B, W], before any normalisation to length 1; undefined without a
    /// projector. Collective in train mode if the projector has batch norm.
    virtual torch::Tensor project([[maybe_unused]] const torch::Tensor& features,
                                  [[maybe_unused]] dist::Group& group) {
        return {};
    }

    /// What evaluation sees: features [B, W] before any projector, without dropout in eval mode.
    virtual torch::Tensor represent(const PackedClips& clips);

    /// Runs before the first step of each epoch, counted from 0. Collective.
    virtual void before_epoch([[maybe_unused]] std::int64_t epoch, [[maybe_unused]] const Recorded& clips,
                              [[maybe_unused]] dist::Group& group) {}

    /// Runs after each optimizer step; momentum networks and queues move here. Collective.
    /// @param progress  share of training done, in [0, 1]
    /// @param batch     this rank's share in the step
    /// @param loss      of the whole share
    virtual void after_step([[maybe_unused]] double progress, [[maybe_unused]] const Batch& batch,
                            [[maybe_unused]] const LossTerms& loss, [[maybe_unused]] dist::Group& group) {}

    /// Which views the method reads, so that no other is made.
    ViewSet views() const;
    /// How many views are encoded with gradients, and how many without.
    std::int64_t trained_views() const { return count(trained_); }
    std::int64_t target_views() const { return count(target_); }
    virtual bool uses_labels() const { return false; }

    /// Lets gradients be written where `places` says, as far as the trained encoder can.
    void set_gradient_places(const std::shared_ptr<dist::GradientPlaces>& places) {
        encoder_->set_gradient_places(places);
    }

    /// Converts weights and buffers; whole numbers stay what they are.
    void set_precision(Precision precision);

protected:
    /// Who encodes the views that are constants to a method.
    enum class TargetEncoder { trained, momentum };

    /// @param trained  the views that gradients pass through
    /// @param target   the views that are constants; a view may be both
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
    Encoder momentum_encoder_{nullptr};  ///< empty unless it encodes some view
};

}  // namespace sslslr
