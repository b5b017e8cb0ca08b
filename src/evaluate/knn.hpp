#pragma once

#include <cstdint>

#include <torch/types.h>

#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

// Shapes: Q queries, R references, W feature width, G glosses.

struct CosineVote {
    std::int64_t k =
        20;  ///< neighbours that vote, 1 <= k; all R if there are fewer (in the source 200 of 1.3 million)
    double temperature = 0.07;  ///< > 0, dimensionless (in the source 0.07)
};

/// Returns votes [Q, G] float64 of a cosine-weighted k-nearest-neighbour classifier on frozen features.
///
/// Each of the k nearest references votes for its own gloss with weight exp(cosine / temperature). Of equally
/// near references the one with the smaller gloss id counts as nearer, so the votes do not depend on the
/// order of the references. outcome() resolves equal votes in favour of the smaller gloss id.
///
/// @param queries  [Q, W]; rows of any length, normalised here like those of the references
/// @throws c10::ValueError  shapes disagree, a label is out of range, k < 1, or temperature <= 0
/// Cost: Q R (W + log R); holds blocks of about 16 million similarities.
/// Source: Wu et al. 2018, arXiv:1805.01978, section 3.4.
torch::Tensor knn_cosine_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                               const CosineVote& vote = {});

/// Returns votes [Q, G] float64 of a k-nearest-neighbour classifier by Euclidean distance. The weight of a
/// vote is (distance of the nearest / its own distance)^8: with few references of a gloss the nearest one
/// decides, with many several do. If some references are at distance 0, these weigh 1 and all others 0. Ties,
/// errors and cost as for knn_cosine_votes().
torch::Tensor knn_euclidean_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                                  std::int64_t k = 5);

}  // namespace sslslr
