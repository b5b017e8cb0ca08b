#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/data/clip_selection.hpp"

namespace sslslr {

/// How the clips of one data set are divided for an evaluation.
struct ClipParts {
    std::string train_split{};       ///< split whose labels train; empty: all clips that do not test
    std::string validation_split{};  ///< split that choices are made on; empty: see below
    std::string test_split{};        ///< split that tests; empty: by signer, or by train_fraction
    std::vector<std::string> left_out_signers{};  ///< take no part in training
    std::vector<std::string> excluded_signers{};  ///< take no part at all, not even in the test
    /// Signers that test. None: those left out or, with a test split, all.
    std::vector<std::string> test_signers{};
    /// Training signers that validate. None: see validation_fraction.
    std::vector<std::string> validation_signers{};
    /// Share of the training clips of each class that is drawn to validate if neither a split nor signers are
    /// named. 0: no clips validate.
    double validation_fraction = 0;
    /// Share of the clips of each class that is drawn to train. The others test: at least one of a class with
    /// two or more. 0: test clips are not drawn.
    double train_fraction = 0;
    std::int64_t classes = 0;  ///< keeps only this many classes, those with most training clips; 0: all
    std::uint64_t seed = 0;    ///< of the draws
};

/// The clips of one data set by their part in an evaluation, and their classes.
struct EvaluationClips {
    std::vector<std::int64_t> pretrain;    ///< may train without labels: no test clips, no left-out signers
    std::vector<std::int64_t> train;       ///< labelled and of the chosen classes
    std::vector<std::int64_t> validation;  ///< labelled and of the chosen classes; may be empty
    std::vector<std::int64_t> test;        ///< labelled and of the chosen classes
    std::vector<std::int64_t> labels;      ///< [clips of the data set] class; -1: none, or not chosen
    std::vector<std::string> class_names;  ///< [classes]
    std::string how;  ///< how they were divided: "tested on signer S03, validated on signer S01"

    std::int64_t classes() const { return static_cast<std::int64_t>(class_names.size()); }
    /// Returns how many classes have a clip: a store may list signs that none of its clips show.
    std::int64_t shown_classes() const;
    std::vector<std::int64_t> classes_of(const std::vector<std::int64_t>& clips) const {
        return labels_of(clips, labels);
    }
    /// Returns the number of training clips of each class that has any.
    std::map<std::int64_t, std::int64_t> training_clips_of_classes() const {
        std::map<std::int64_t, std::int64_t> counts;
        for (const auto label : classes_of(train)) {
            ++counts[label];
        }
        return counts;
    }
};

/// Divides the clips; a pure function of index and parts. Clips without frames take no part.
///
/// The classes with most clips are found on training and validation clips only; ties are broken by name.
/// @throws ConfigError  no such split or signer, no clips to train, validate or test on, fewer than two
///                      classes, other parts that share clips with the test (what is learnt or chosen on test
///                      clips is not tested by them), or a fraction outside [0, 1)
EvaluationClips part_clips(const io::ClipIndex& index, const ClipParts& parts);

}  // namespace sslslr
