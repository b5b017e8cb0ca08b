#pragma once

#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

namespace sslslr {

/// Properties of an embedding, measured without a classifier. N clips, W channels.
///
/// "Normalised" features are divided by their l2 norm; a feature of zeros is left as it is.
struct EmbeddingMeasures {
    double inertia = 0;             ///< mean squared Euclidean distance to the class mean, pooled over clips
    double inertia_normalised = 0;  ///< the same on normalised features: shrinking does not lower it
    double within_share =
        0;              ///< of the total inertia about the overall mean, on normalised features, in [0, 1]; 1
                        ///< if all features are the same point
    double spread = 0;  ///< mean over channels of the standard deviation over clips
    double spread_normalised =
        0;  ///< the same on normalised features, times sqrt(W): about 1 if healthy, 0 if collapsed
    double alignment =
        0;  ///< mean squared distance of normalised features over the pairs of clips of the same class; 0
            ///< without such a pair
    double uniformity =
        0;  ///< log of the mean over all pairs of exp(-2 squared distance), on normalised features; 0, its
            ///< largest value, without a pair
    double effective_rank =
        0;  ///< exp of the entropy of the centred features' singular values divided by their sum; 0 if all
            ///< features are the same point
    double negative_similarity =
        0;  ///< mean cosine over the pairs of clips of different classes; 0 without such a pair
};

/// Measures features as given, in float64. Not collective.
///
/// Pairs are of two different clips.
/// @param features  [N, W] floating, finite, N at least 1
/// @param labels    [N] int64, 0 or more
/// @throws c10::ValueError  shapes disagree, no clips or no channels, a negative label, or a
///                          feature that is not finite
/// Cost: N^2 W for uniformity, in blocks of about 16 million pairs; N W min(N, W) for the rank; N W for the
/// rest.
/// Source: inertia, Madjoukeng et al. 2025, arXiv:2509.05188, table 5 (which states neither formula nor
/// space); alignment (alpha 2) and uniformity (t 2), Wang and Isola 2020, arXiv:2005.10242; effective rank,
/// Roy and Vetterli 2007, "The effective rank: a measure of effective dimensionality"; spread, Chen and He
/// 2021.
EmbeddingMeasures measure_embedding(const torch::Tensor& features, const torch::Tensor& labels);

/// Returns every measure with the name of its field, in the order above. The names are keys of result files.
std::vector<std::pair<std::string, double EmbeddingMeasures::*>> named_measures();

}  // namespace sslslr
