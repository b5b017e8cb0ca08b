#pragma once

#include <vector>

#include "src/synthetic/synthetic_signs.hpp"

namespace sslslr {

/// The accuracy that is possible when the order of frames at one end is lost.
struct PossibleAccuracy {
    std::vector<double> start;  ///< [length + 1] with the first k frames of a clip of `length` permuted
    std::vector<double> end;    ///< [length + 1] with the last k frames permuted
};

/// Returns whether possible_accuracy() takes only seconds: the signs are of kind `order`, and neither the
/// classes nor the frames are too many.
bool is_accuracy_computable(const SyntheticConfig& config);

/// Returns the accuracy of a classifier that knows the generator of signs of kind `order`, with the signer
/// and the poses of each clip, and sees its frames with their noise.
///
/// The posterior of a class is exact. A movement's direction has the log-likelihood ratio N(d2 / 2, d2),
/// where d2 is the sum of SyntheticSigns::direction_evidence() over the frames whose order is kept, and
/// directions are independent. Permuted frames count as lost, which is exact unless k cuts through a
/// movement: a movement backwards shows the same frames. Where it does, the permuted frames keep some.
///
/// The accuracy is the mean over at most 1,000 clips (fewer of many classes or long clips), with one draw of
/// the noise for each, the same for all k. k counts frames of a clip of `length`; others permute the same
/// share of their frames, rounded half up as in training. Deterministic.
/// @throws ConfigError  the kind is not `order`
PossibleAccuracy possible_accuracy(const SyntheticSigns& signs);

}  // namespace sslslr
