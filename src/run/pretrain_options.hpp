#pragma once

#include <array>
#include <set>
#include <string>
#include <vector>

#include "src/augment/augmentation.hpp"
#include "src/data/clip_selection.hpp"
#include "src/data/preprocess.hpp"
#include "src/method/registry.hpp"
#include "src/settings/options.hpp"
#include "src/train/collapse.hpp"
#include "src/train/schedule.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {

/// The format in which ranks exchange gradients.
enum class GradientCompression { none, bfloat16 };
constexpr auto words(GradientCompression /*of*/) {
    return std::array{"none", "bfloat16"};
}

/// The groups of clips that have equal shares of each epoch; see balanced_order().
enum class Balance { none, store, signer };
constexpr auto words(Balance /*of*/) {
    return std::array{"none", "store", "signer"};
}

/// Options of `sslslr pretrain`. A run folder records them in config.ini, where other commands read them.
struct PretrainOptions {
    std::vector<std::string> data;
    std::string run;
    std::string memory_limit = "half";
    Precision precision = Precision::float32;
    std::string train_split;
    std::vector<std::string> left_out_signers;
    Balance balance = Balance::none;
    PreprocessConfig preprocess;  ///< incomplete: use preprocess_config_of()
    MethodConfig method;
    TrainerConfig trainer;
    GradientCompression gradient_compression = GradientCompression::none;
    std::int64_t spread_every = 50;
    CollapseConfig collapse;
    ScheduleConfig schedule;
    AugmentationKind augmentation = AugmentationConfig{}.kind;
    BoundaryKind boundary = AugmentationConfig{}.boundary;
    std::string longest_boundary = "1/2";
    std::string k1 = "1/3";
    std::string k2 = "1/4";
    double rotation_degrees = AugmentationConfig{}.rotation_degrees;
    double blur_sigma_max = AugmentationConfig{}.blur_sigma_max;
    double flip_probability = AugmentationConfig{}.flip_probability;
    SkeletonViewsConfig skeleton_views;
    PermutedViews permuted_views = AugmentationConfig{}.permuted_views;
    std::int64_t epochs = 100;
    std::int64_t max_steps = 0;
    std::int64_t global_batch = 64;
    std::uint64_t seed = 0;
    std::int64_t checkpoint_every = 500;
    std::int64_t keep_checkpoints = 2;
    std::int64_t threads = 1;
    bool features_on_device = true;
};

/// Declares all options on their fields; `fields` must outlive `options`.
void declare(Options& options, PretrainOptions& fields);

/// Declares the options for data, augmentation, model and training, without those for the boundary and the
/// run's folder.
void declare_learning(Options& options, PretrainOptions& fields);

/// Returns the identity of the code and the options that affect `what`, one per line. Results with equal
/// texts are interchangeable.
std::string identity_of(PretrainOptions options, const std::set<Decides>& what);

/// @throws ConfigError  --k1, --k2 or --longest-boundary is not a length
AugmentationConfig augmentation_of(const PretrainOptions& options);

/// Returns the preprocessing options, including the validity flags if the encoder reads them.
PreprocessConfig preprocess_config_of(const PretrainOptions& options);

TrainerConfig trainer_config_of(const PretrainOptions& options);

/// Checks that the method can learn from batches of this many training clips.
/// @throws ConfigError  as check_global_batch(), or the method needs more training clips, or some batch would
///                      have a single clip and the method cannot learn from one
void check_batches(const PretrainOptions& options, std::int64_t clips);

}  // namespace sslslr
