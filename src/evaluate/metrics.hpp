#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace sslslr {

// Shapes in this folder: Q clips tested, R probes (or references of kNN), G glosses, W encoder width.

/// What a classifier's scores come to, for one classifier or for R side by side.
struct Outcome {
    torch::Tensor predicted;  ///< [.., Q] int64, the gloss of highest score
    torch::Tensor top1;       ///< [.., Q] bool, the prediction is right
    torch::Tensor top5;       ///< [.., Q] bool, the true gloss is among the five of highest score
};

/// Predictions and their correctness; equal scores go to the smaller gloss id.
/// @param scores  [.., Q, G] floating, higher is likelier
/// @param truth   [Q] int64 in [0, G)
/// @throws c10::ValueError  shapes disagree or a label is out of range
Outcome outcome(const torch::Tensor& scores, const torch::Tensor& truth);

/// Whether the true gloss is among the k of highest score: [.., Q] bool. Arguments as for outcome().
torch::Tensor top_k_correct(const torch::Tensor& scores, const torch::Tensor& truth, std::int64_t k);

/// The share of correctness bits [Q] that are set.
double share_right(const torch::Tensor& correct);

/// Correctness bits [Q] as numbers, the form in which intervals take them.
std::vector<double> per_clip(const torch::Tensor& correct);

/// Counts [G, G] int64: row the true gloss, column the predicted one.
/// @param predicted, truth  [Q] int64 in [0, G)
torch::Tensor confusion_matrix(const torch::Tensor& predicted, const torch::Tensor& truth,
                               std::int64_t glosses);

/// One gloss of a per-class table. A share with nothing to divide by counts as 0.
struct GlossScores {
    std::int64_t clips = 0;      ///< true clips of the gloss
    std::int64_t predicted = 0;  ///< clips taken for it
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};

/// Scores of each gloss, from a confusion matrix [G, G].
std::vector<GlossScores> per_gloss(const torch::Tensor& confusion);

/// Numbers [N] of a tensor on any device, and a matrix's [R, C] by row.
std::vector<std::int64_t> whole_numbers(const torch::Tensor& values);
std::vector<std::vector<std::int64_t>> rows_of(const torch::Tensor& counts);

/// Mean F1 over the glosses that occur in the truth or in the predictions; 0 if none does.
double macro_f1(const torch::Tensor& confusion);

}  // namespace sslslr
