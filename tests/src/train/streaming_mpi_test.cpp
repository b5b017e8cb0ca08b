// Training on streamed clips equals training on clips in memory.
#include <atomic>
#include <cmath>

#include <gtest/gtest.h>

#include "dist/agree.hpp"
#include "io/file/data_error.hpp"
#include "src/data/gather.hpp"
#include "src/data/load_features.hpp"
#include "src/errors.hpp"
#include "tests/src/data/example_store.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr {
namespace {

bool same(const PackedClips& a, const PackedClips& b) {
    return a.offsets == b.offsets && a.ids == b.ids && a.views == b.views && torch::equal(a.frames, b.frames);
}

class StreamedBatches : public ExampleStoreTest {
protected:
    static std::vector<std::int64_t> clips_with_frames() {
        std::vector<std::int64_t> clips;
        for (std::int64_t clip = 0; clip < 40; ++clip) {
            if (clip % 32 != 7) {
                clips.push_back(clip);
            }
        }
        return clips;
    }

    /// Expects this rank's shares of two epochs to be equal, streamed or not.
    void expect_same(const Features& one, const Features& other, const BatchConfig& config,
                     const Method& method) {
        const Batches a{one, clips_with_frames(), config};
        const Batches b{other, clips_with_frames(), config};
        const auto share = [&](const Batches& batches, std::int64_t step) {
            return batches.share(step, world_.rank(), world_.size(), method);
        };
        ReadAhead<Batch> ahead{b.ahead(),
                               {.make = [&](std::int64_t step) { return share(b, step); },
                                .bytes_of = [](const Batch& batch) { return bytes_of(batch); }}};
        for (std::int64_t step = 0; step < 2 * a.steps_per_epoch(); ++step) {
            const auto expected = share(a, step);
            const auto actual = ahead.take(step);
            EXPECT_TRUE(same(actual.views.anchor, expected.views.anchor)) << "step " << step;
            EXPECT_TRUE(same(actual.views.first, expected.views.first)) << "step " << step;
            EXPECT_TRUE(same(actual.views.second, expected.views.second)) << "step " << step;
            EXPECT_EQ(actual.dropout_seed, expected.dropout_seed);
            EXPECT_EQ(actual.first, expected.first);
            const auto blank = b.blank_share(step, world_.rank(), world_.size(), method);
            EXPECT_EQ(blank.views.second.frames.sizes(), expected.views.second.frames.sizes());
            EXPECT_EQ(blank.views.second.ids, expected.views.second.ids);
        }
    }
};

TEST_F(StreamedBatches, AreThoseOfMemoryBitForBitUnderEveryAugmentation) {
    const auto method = make_method({.encoder = {.features = 130}}, 0);
    const auto plain = io::ClipStore::open({file()});
    const auto compressed = io::ClipStore::open({compressed_file()});
    const auto resident = load_features(plain, {}, world_, world_);
    const auto decoded = load_features(compressed, {}, world_, world_);
    const auto streamed = load_features(plain, {}, world_, world_, {.memory_limit = 0});
    const auto streamed_decoded = load_features(compressed, {}, world_, world_, {.memory_limit = 0});

    for (const auto kind : {AugmentationKind::none, AugmentationKind::boundary, AugmentationKind::classical,
                            AugmentationKind::both, AugmentationKind::skeleton_boundary}) {
        for (const auto boundary : {BoundaryKind::fixed, BoundaryKind::drawn}) {
            for (const std::int64_t global_batch :
                 {3, 10, 36}) {  // the last of 38 clips: 2, 8 or 2; or ranks without any
                BatchConfig config{global_batch, 5, {.kind = kind, .boundary = boundary}};
                expect_same(resident.features(), decoded.features(), config, *method);
                expect_same(resident.features(), streamed.features(), config, *method);
                expect_same(resident.features(), streamed_decoded.features(), config, *method);
            }
        }
    }
    world_.barrier();
}

/// Resident features that are read as if streamed. Reading the clip `damaged` fails.
class Readable final : public ClipFrames {
public:
    explicit Readable(const Features& features) : features_{features} {}

    torch::Tensor read(std::span<const std::int64_t> clips) const override {
        if (std::ranges::find(clips, damaged.load()) != clips.end()) {
            throw io::DataError{"signs.h5", "block 3 is damaged"};
        }
        return gather(features_, clips).frames;
    }
    ReadAheadLimits ahead() const override { return {.items = 3, .bytes = 1 << 20}; }

    std::atomic<std::int64_t> damaged = -1;

private:
    const Features& features_;
};

/// A toy training on streamed clips.
class Streaming {
public:
    Streaming(dist::Communicator communicator, const toy::Settings& settings)
        : group{std::move(communicator), at::kCPU},
          resident{toy::features(settings.clips, weights_type(settings.precision))},
          frames{resident},
          features{.offsets = resident.offsets,
                   .labels = resident.labels,
                   .signers = resident.signers,
                   .layout = resident.layout,
                   .streamed = &frames},
          method{make_method(toy::method_config(settings), settings.weights_seed)},
          batches{features, all_clips(), toy::batch_config(settings), features.labels},
          schedule{{.kind = ScheduleKind::cosine, .warmup_epochs = 1}, 10, batches.steps_per_epoch()} {
        method->set_precision(settings.precision);
        trainer.emplace(*method, batches, settings.trainer, schedule, group);
    }

    dist::Group group;
    Features resident;
    Readable frames;
    Features features;
    std::shared_ptr<Method> method;
    Batches batches;
    Schedule schedule;
    std::optional<Trainer> trainer;

private:
    std::vector<std::int64_t> all_clips() const {
        std::vector<std::int64_t> clips(resident.labels.size());
        std::iota(clips.begin(), clips.end(), 0);
        return clips;
    }
};

TEST(StreamedTraining, EveryMethodEndsAtTheWeightsOfTrainingFromMemory) {
    for (const auto& name : method_names()) {
        toy::Settings settings{.method = name, .precision = Precision::float32};
        settings.trainer.micro_batch = name == "simclr" ? 2 : 0;
        toy::Training expected{dist::Communicator::world(), settings};
        Streaming actual{dist::Communicator::world(), settings};

        for (int step = 0; step < 7; ++step) {  // into the third epoch
            expected.trainer.step();
            const auto report = actual.trainer->step();
            EXPECT_GE(report.data_seconds, 0);
            EXPECT_TRUE(std::isfinite(report.data_seconds));
        }

        EXPECT_TRUE(torch::equal(toy::state(*actual.method), toy::state(*expected.method))) << name;
    }
}

TEST(StreamedTraining, WhatOneRankCannotReadEndsTheStepOnAllAlikeBeforeTheWeightsMove) {
    for (const std::string method : {"sl-fpn", "simclr", "byol"}) {
        const auto world = dist::Communicator::world();
        Streaming training{dist::Communicator::world(), {.method = method}};
        const auto last = training.batches.share(1, world.size() - 1, world.size(), *training.method);
        ASSERT_GT(last.clips(), 0);
        if (world.rank() == world.size() - 1) {
            training.frames.damaged = last.ids().back();
        }
        training.trainer->step();
        const auto before = toy::weights(*training.method).clone();

        std::string message = "no error";
        try {
            training.trainer->step();
        } catch (const dist::AgreedError& error) {
            message = error.what();
            EXPECT_EQ(error.exit_code, exit_data);
        }

        EXPECT_NE(message.find("signs.h5: block 3 is damaged"), std::string::npos) << message;
        EXPECT_EQ(world.broadcast(message), message);
        EXPECT_TRUE(torch::equal(toy::weights(*training.method), before));
        EXPECT_EQ(training.trainer->steps_done(), 1);
    }
}

}  // namespace
}  // namespace sslslr
