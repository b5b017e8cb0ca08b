#pragma once

#include <string>
#include <vector>

#include "launch/options.hpp"
#include "src/augment/augmentation.hpp"
#include "src/data/clip_selection.hpp"
#include "src/data/preprocess.hpp"
#include "src/method/registry.hpp"
#include "src/train/optimizer.hpp"
#include "src/train/schedule.hpp"

namespace sslslr {

/// Options of `sslslr pretrain`; a run folder remembers them in config.ini and other commands read them from
/// there.
struct PretrainOptions {
    std::vector<std::string> data;
    std::string run;
    std::string precision = "float32";
    std::string train_split;
    std::vector<std::string> left_out_signers;
    PreprocessConfig preprocess;
    MethodConfig method;
    OptimizerConfig optimizer;
    ScheduleConfig schedule;
    std::string augmentation = "boundary";
    std::string k1 = "1/3";
    std::string k2 = "1/4";
    double rotation_degrees = AugmentationConfig{}.rotation_degrees;
    double blur_sigma_max = AugmentationConfig{}.blur_sigma_max;
    double flip_probability = AugmentationConfig{}.flip_probability;
    std::int64_t epochs = 100;
    std::int64_t max_steps = 0;
    std::int64_t global_batch = 64;
    std::uint64_t seed = 0;
    std::int64_t checkpoint_every = 500;
    std::int64_t keep_checkpoints = 2;
    std::int64_t threads = 1;
};

/// Declares every option on its field; `fields` must outlive `options`.
void declare(Options& options, PretrainOptions& fields);

/// @throws ConfigError  --k1 or --k2 is no length
AugmentationConfig augmentation_of(const PretrainOptions& options);

/// @throws ConfigError  not a precision
torch::Dtype precision_of(const std::string& name);

}  // namespace sslslr
