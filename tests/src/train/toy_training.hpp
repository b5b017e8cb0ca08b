#pragma once

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "dist/group.hpp"
#include "src/data/points.hpp"
#include "src/method/registry.hpp"
#include "src/train/trainer.hpp"

namespace sslslr::toy {

inline FeatureLayout small_layout() {
    return {.points = {"pose.nose", "pose.left_shoulder", "pose.right_shoulder"}};
}

/// A layout that serves every input of the encoder.
inline FeatureLayout whole_layout() {
    return {.points = points_of(PointSet::upper_body), .flags = 3};
}

/// Clips of 3 to 16 frames with random features, the same on every rank.
inline Features features(std::int64_t clips, torch::Dtype dtype,
                         const FeatureLayout& layout = small_layout()) {
    Features made;
    made.layout = layout;
    made.offsets = {0};
    for (std::int64_t clip = 0; clip < clips; ++clip) {
        made.offsets.push_back(made.offsets.back() + 3 + clip * 5 % 14);
        made.labels.push_back(clip % 3);
        made.signers.push_back(0);
    }
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(5);
    made.frames =
        torch::randn({made.offsets.back(), made.layout.width()}, generator, torch::kFloat64).to(dtype);
    return made;
}

struct Settings {
    std::string method = "sl-fpn";
    HeadNorm norm = HeadNorm::automatic;  ///< of projector and predictor
    TrainerConfig trainer{.optimizer = {.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 1e-3}};
    Precision precision = Precision::float64;
    std::int64_t clips = 23;  ///< with batches of 10, the last of an epoch holds 3: fewer than 4 ranks
    std::int64_t global_batch = 10;
    std::uint64_t weights_seed = 1;
    BoundaryKind boundary = BoundaryKind::fixed;
    std::vector<InputPart> inputs{InputPart::positions};
    FeatureLayout layout = small_layout();
    RegulariserKind regulariser = RegulariserKind::none;
    bool balanced =
        false;  ///< every sixth clip belongs to a small group with as many places as the large one
};

inline BatchConfig batch_config(const Settings& settings) {
    BatchConfig config{settings.global_batch, 3, {.boundary = settings.boundary}};
    for (std::int64_t clip = 0; settings.balanced && clip < settings.clips; ++clip) {
        config.groups.push_back(clip % 6 == 0 ? 7 : 2);
    }
    return config;
}

inline MethodConfig method_config(const Settings& settings) {
    return {.kind = method_named(settings.method),
            .encoder = {.features = settings.layout.width(),
                        .frames = 16,
                        .blocks = 2,
                        .width = 16,
                        .heads = 4,
                        .inputs = settings.inputs,
                        .layout = settings.layout},
            .heads = {.projector_hidden = 16,
                      .embedding = 8,
                      .predictor_hidden = 8,
                      .projector_norm = settings.norm,
                      .predictor_norm = settings.norm},
            .regulariser = {.kind = settings.regulariser, .weight = 0.5},
            .contrast = {.temperature = 0.5, .momentum = 0.9, .queue = 16},
            .pcl = {.clusters = {2, 4}, .warmup_epochs = 1},
            .target_momentum = 0.9,
            .classes = 3,
            .clips = settings.clips};
}

/// A training with everything it needs, on the ranks of `communicator`.
class Training {
public:
    Training(dist::Communicator communicator, const Settings& settings)
        : group{std::move(communicator), at::kCPU},
          features{toy::features(settings.clips, weights_type(settings.precision), settings.layout)},
          method{make_method(method_config(settings), settings.weights_seed)},
          batches{features, all_clips(settings.clips), batch_config(settings), features.labels},
          trainer{prepared(*method, settings.precision), batches, settings.trainer,
                  Schedule{{.kind = ScheduleKind::cosine, .warmup_epochs = 1}, 10, batches.steps_per_epoch()},
                  group} {}

    dist::Group group;
    Features features;
    std::shared_ptr<Method> method;
    Batches batches;
    Trainer trainer;

private:
    static std::vector<std::int64_t> all_clips(std::int64_t count) {
        std::vector<std::int64_t> clips(static_cast<std::size_t>(count));
        std::iota(clips.begin(), clips.end(), 0);
        return clips;
    }
    static Method& prepared(Method& method, Precision precision) {
        method.set_precision(precision);
        return method;
    }
};

/// All that a method remembers (weights, momentum networks, queues, statistics), as a float64 vector.
inline torch::Tensor state(const Method& method) {
    std::vector<torch::Tensor> parts;
    for (const auto& [name, tensor] : state_tensors(method)) {
        parts.push_back(tensor.detach().to(torch::kFloat64).flatten());
    }
    return torch::cat(parts);
}

/// All trained weights, as one new vector.
inline torch::Tensor weights(const Method& method) {
    std::vector<torch::Tensor> parts;
    for (const auto& [name, tensor] : trained_parameters(method)) {
        parts.push_back(tensor.detach().flatten());
    }
    return torch::cat(parts);
}

/// The gradients of all trained weights, as one new vector.
inline torch::Tensor gradient(const Method& method) {
    std::vector<torch::Tensor> parts;
    for (const auto& [name, tensor] : trained_parameters(method)) {
        parts.push_back(tensor.grad().flatten());
    }
    return torch::cat(parts);
}

}  // namespace sslslr::toy
