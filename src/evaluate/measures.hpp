#pragma once

#include <torch/torch.h>

namespace sslslr {

/// What an embedding is like, without a classifier. N clips, W channels.
struct EmbeddingMeasures {
    double inertia = 0;             ///< mean squared distance to the class mean, as the paper
    double inertia_normalised = 0;  ///< the same on l2-normalised features: a shrinking embedding does not win
    double within_share = 0;        ///< of the total inertia about the overall mean, on normalised features, in [0, 1]
    double spread = 0;              ///< mean over channels of the deviation over clips
    double spread_normalised = 0;   ///< the same on l2-normalised features, times sqrt(W): about 1 when healthy, 0 collapsed
    double alignment = 0;           ///< mean squared distance of normalised features within a class
    double uniformity = 0;          ///< log mean exp(-2 d^2) over all pairs of normalised features
    double effective_rank = 0;      ///< exp of the entropy of the normalised singular values of centred features
    double negative_similarity = 0; ///< mean cosine between clips of different classes
};

EmbeddingMeasures measure_embedding(const torch::Tensor& features, const torch::Tensor& labels);

}  // namespace sslslr
