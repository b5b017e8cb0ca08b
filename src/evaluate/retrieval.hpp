#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include <torch/torch.h>

#include "src/evaluate/labelled_features.hpp"
#include "src/evaluate/nearness.hpp"

namespace sslslr {

// Shapes: Q queries, R clips of the gallery, W feature width, G glosses.

/// How well clips find others of their gloss in a gallery, as in a dictionary of signs.
struct Retrieval {
    double r1 = 0;   ///< share of the queries with a clip of their gloss in the first place
    double r5 = 0;   ///< likewise among the first 5 places
    double r10 = 0;  ///< likewise among the first 10
    double mrr = 0;  ///< mean over the queries of 1 / the place of the first clip of their gloss
};

/// The place of the first clip of each query's gloss, the gallery ordered from the nearest on: [Q] float64, 1
/// for the nearest; infinity for a gloss that has no clip in the gallery.
///
/// Pessimistic about ties: of clips as near as the first of the gloss, within 1e-12 of the nearness, those of
/// other glosses come before it. So places do not depend on the order of the gallery, and features that all
/// lie on one point find nothing.
/// @param queries  [Q, W]; computed in float64
/// @param truth    [Q] int64 in [0, G), used for nothing but the places
/// @param copies   of every clip that the gallery holds, such as mirrored ones, all clips' first ones coming
///                 first: the nearest stands for the clip, which has one place
/// @throws c10::ValueError  shapes disagree, or a label is out of range
/// Cost: Q R (W + 1); holds blocks of about 16 million similarities.
torch::Tensor retrieval_places(const torch::Tensor& queries, const torch::Tensor& truth,
                               const LabelledFeatures& gallery, Nearness nearness = Nearness::cosine,
                               std::int64_t copies = 1);

/// The figures of such places. A gloss that is not in the gallery is never found: it adds 0 to each of them.
/// @param places  [Q], at least one
Retrieval retrieval_of(const torch::Tensor& places);

/// Every figure by the name of its field: the keys of result files.
std::array<std::pair<const char*, double Retrieval::*>, 4> named_figures_of_retrieval();

}  // namespace sslslr
