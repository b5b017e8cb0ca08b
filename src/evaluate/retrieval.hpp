#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include <torch/types.h>

#include "src/evaluate/labelled_features.hpp"
#include "src/evaluate/nearness.hpp"

namespace sslslr {

// Shapes: Q queries, R clips of the gallery, W feature width, G glosses.

/// How well clips find others of their gloss in a gallery, as in a dictionary.
struct Retrieval {
    double r1 = 0;   ///< share of the queries with a clip of their gloss in first place
    double r5 = 0;   ///< likewise among the first 5 places
    double r10 = 0;  ///< likewise among the first 10
    double mrr = 0;  ///< mean over the queries of 1 / place of the first clip of their gloss
};

/// Returns, for each query, the place of the first clip of its gloss in the gallery, ordered by nearness: [Q]
/// float64, 1 for the nearest clip, infinity if the gallery has no clip of the gloss.
///
/// Ties are resolved pessimistically: clips of other glosses that are as near as the first clip of the gloss,
/// within a nearness of 1e-12, come before it. So places do not depend on the order of the gallery, and
/// features that all are the same point find nothing.
/// @param queries  [Q, W]; computed in float64
/// @param truth    [Q] int64 in [0, G), used only for the places
/// @param copies   number of copies of every clip in the gallery, for example 2 with mirrored ones; the first
///                 copies of all clips come first, then the second ones. A clip has one place, that of its
///                 nearest copy
/// @throws c10::ValueError  shapes disagree, or a label is out of range
/// Cost: Q R (W + 1); holds blocks of about 16 million similarities.
torch::Tensor retrieval_places(const torch::Tensor& queries, const torch::Tensor& truth,
                               const LabelledFeatures& gallery, Nearness nearness = Nearness::cosine,
                               std::int64_t copies = 1);

/// Returns the figures for such places. A gloss that is not in the gallery is never found and adds 0 to each
/// of them.
/// @param places  [Q], at least one
Retrieval retrieval_of(const torch::Tensor& places);

/// Returns every figure with the name of its field. The names are keys of result files.
std::array<std::pair<const char*, double Retrieval::*>, 4> named_figures_of_retrieval();

}  // namespace sslslr
