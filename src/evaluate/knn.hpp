#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

// Shapes: Q queries, R references, W feature width, G glosses.

struct CosineVote {
    std::int64_t k =
        20;  ///< neighbours that vote, 1 <= k; at most all R vote (the source: 200 of 1.3 million)
    double temperature = 0.07;  ///< > 0, dimensionless (the source: 0.07)
};

/// Votes [Q, G] float64 of a cosine-weighted k-nearest-neighbour classifier over frozen features.
///
/// Each of the k nearest references votes for its own gloss with weight exp(cosine / temperature). Among
/// equally near references the smaller gloss id goes first, so the votes do not depend on the order of the
/// references; outcome() gives equal votes to the smaller gloss id.
///
/// @param queries  [Q, W] any scale: rows are normalised here, as are the references'
/// @throws c10::ValueError  shapes disagree, a label is out of range, k < 1, or temperature <= 0
/// Cost: Q R (W + log R); holds blocks of about 16 million similarities.
/// Source: Wu et al. 2018, arXiv:1805.01978, section 3.4.
torch::Tensor knn_cosine_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                               const CosineVote& vote = {});

/// Votes [Q, G] float64 of a k-nearest-neighbour classifier by Euclidean distance: the weight of a vote is
/// (distance of the nearest / its own distance)^8, so that with few references of a gloss the nearest decides
/// and with many several do. References at distance 0 weigh 1, and all others then 0. Ties, errors and cost
/// as above.
torch::Tensor knn_euclidean_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                                  std::int64_t k = 5);

}  // namespace sslslr
