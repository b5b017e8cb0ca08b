#pragma once

#include <cstdint>
#include <vector>

#include "src/method/moco_v2.hpp"

namespace sslslr {

struct PclConfig {
    std::vector<std::int64_t> clusters{50, 100};  ///< K of each clustering; every one adds a prototype loss
    std::int64_t warmup_epochs = 20;              ///< epochs with instance contrast only
    std::int64_t iterations = 20;                 ///< rounds of k-means
    std::uint64_t seed = 0;                       ///< of the initial centres
};

extern const MethodSettings pcl_settings;

/// Checks the numbers of clusters for a training on so many clips.
/// @throws ConfigError  fewer than 2 clusters, or more than clips
void check_clusters(const MethodConfig& config, std::int64_t clips);

/// PCL: MoCo's instance contrast, plus contrast with prototypes, the centres of clusters of clips.
///
///     loss = InfoNCE(q, k, queue) + mean over clusterings of -log softmax_c(q . c / phi_c), mean over clips
///
/// Before each epoch after the warm-up, k-means over the keys of all recorded training clips determines the
/// centres c and the concentrations phi, which are small where a cluster is tight. The contrast is with all
/// prototypes.
/// Source: Li et al. 2021, arXiv:2005.04966, equations 10 to 12.
class Pcl final : public MocoV2 {
public:
    /// @param clips  number of clips of the data set; clip numbers are below it
    Pcl(const EncoderConfig& encoder, const HeadConfig& heads, const MomentumContrastConfig& contrast,
        const PclConfig& config, std::int64_t clips);

    LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) override;
    void before_epoch(std::int64_t epoch, const Recorded& clips, dist::Group& group) override;

private:
    /// One clustering. Its tensors are buffers, so that a resumed run continues with them.
    struct Prototypes {
        torch::Tensor centres;        ///< [K, D] unit rows
        torch::Tensor concentration;  ///< [K] phi
        torch::Tensor cluster_of;     ///< [clips] int64, -1 before the first clustering
    };

    /// Returns keys of this rank's share of the recorded clips: [share, D] unit rows.
    torch::Tensor recorded_keys(const Recorded& clips, std::int64_t begin, std::int64_t end,
                                dist::Group& group);
    /// Returns the mean over the clusterings of prototype_sum.
    torch::Tensor prototypes_sum(const torch::Tensor& queries, const Batch& batch) const;

    PclConfig config_;
    std::vector<Prototypes> prototypes_;
};

/// Returns the sum over the clips of -log softmax over the centres c of q . c / phi_c, at the clip's own
/// centre.
/// @param queries        [B, D] unit rows
/// @param centres        [K, D] unit rows
/// @param concentration  [K] phi
/// @param own            [B] int64 each clip's centre; -1 leaves the clip out
torch::Tensor prototype_sum(const torch::Tensor& queries, const torch::Tensor& centres,
                            const torch::Tensor& concentration, const torch::Tensor& own);

/// Returns phi of every cluster, scaled so that their mean is `temperature`.
///
///     phi = sum of distances / (Z log(Z + 10)),  Z points in the cluster
///
/// A cluster of at most one point takes the largest phi; all are then clipped to the 10th and 90th
/// percentile, as in the authors' code.
/// @param distance, assignment  [N] of all points
torch::Tensor concentrations(const torch::Tensor& distance, const torch::Tensor& assignment,
                             std::int64_t clusters, double temperature);

}  // namespace sslslr
