#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace sslslr {

// Shapes in this folder: Q tested clips, R probes (or references of kNN), G glosses, W encoder width.

/// The predictions of one classifier, or of R classifiers side by side, and whether they are right.
struct Outcome {
    torch::Tensor predicted;  ///< [.., Q] int64, the gloss with the highest score
    torch::Tensor top1;       ///< [.., Q] bool, the prediction is right
    torch::Tensor top5;       ///< [.., Q] bool, the true gloss is among the five with the highest scores
};

/// Returns the predictions and whether they are right. Of equal scores, that of the smaller gloss id ranks
/// first.
/// @param scores  [.., Q, G] floating, higher is likelier
/// @param truth   [Q] int64 in [0, G)
/// @throws c10::ValueError  shapes disagree or a label is out of range
Outcome outcome(const torch::Tensor& scores, const torch::Tensor& truth);

/// Returns whether the true gloss is among the k with the highest scores, [.., Q] bool. Arguments as for
/// outcome().
torch::Tensor top_k_correct(const torch::Tensor& scores, const torch::Tensor& truth, std::int64_t k);

/// Returns the share of the bits [Q] that are set.
double share_right(const torch::Tensor& correct);

/// Returns bits [Q] as the numbers 0 and 1, in which form intervals take them.
std::vector<double> per_clip(const torch::Tensor& correct);

/// Returns the confusion matrix: counts [G, G] int64, rows by true gloss, columns by predicted gloss.
/// @param predicted, truth  [Q] int64 in [0, G)
torch::Tensor confusion_matrix(const torch::Tensor& predicted, const torch::Tensor& truth,
                               std::int64_t glosses);

/// One row of a table of glosses. A share with denominator 0 counts as 0.
struct GlossScores {
    std::int64_t clips = 0;      ///< true clips of the gloss
    std::int64_t predicted = 0;  ///< clips predicted as the gloss
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};

/// Returns the scores of each gloss, from a confusion matrix [G, G].
std::vector<GlossScores> per_gloss(const torch::Tensor& confusion);

/// Returns the integers of a tensor on any device: of a vector [N], and of a matrix [R, C] by row.
std::vector<std::int64_t> whole_numbers(const torch::Tensor& values);
std::vector<std::vector<std::int64_t>> rows_of(const torch::Tensor& counts);

/// Returns the mean F1 over the glosses that occur in the truth or in the predictions; 0 if there are none.
double macro_f1(const torch::Tensor& confusion);

}  // namespace sslslr
